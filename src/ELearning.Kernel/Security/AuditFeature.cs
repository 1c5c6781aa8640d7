using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Security;

/// <summary>Who did what, and who looked at what matters: rows that nobody can change unnoticed.</summary>
internal sealed class AuditFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Audit", "Audit", "Kernel", "Who did what, kept so that changes to it show.")
    {
        AlwaysOn = true,
        DependsOn = ["People"],
    };

    public void Declare(FeatureBuilder f) => f
        .Permission(Audit.ReadPermission, "Site", "Read the audit trail")
        .Act("audit-verified", "Chain of the trail verified")
        .Act("audit-exported", "Trail exported")
        .Act("person-erased", "Person erased")
        .Job<SealAudit>("seal-audit", Schedule.Daily(new(2, 40)).WhenActive())
        .Table("audit", export: 2)
        .Table("audit_actors", person: "person_id", personal: ["name"], erase: Erase.Remove, export: 3)
        .Table("audit_values", person: "about", personal: ["salt", "json"], erase: Erase.Remove, export: 3)
        .Table("audit_chain", export: 2)
        .Schema(
            $"""
            CREATE TABLE audit (
                id          UUID PRIMARY KEY,
                at          TIMESTAMPTZ NOT NULL,
                act         TEXT NOT NULL,
                actor       UUID NOT NULL,
                values_hash TEXT NOT NULL,
                sequence    BIGINT UNIQUE,
                hash        TEXT)
            """,
            $"CREATE INDEX audit_by_time ON audit (at, id)",
            $"CREATE INDEX audit_unsealed ON audit (at, id) WHERE sequence IS NULL",
            // No foreign keys to people or from the chain: erasing removes these rows and leaves the chain as it is.
            $"""
            CREATE TABLE audit_actors (
                id        UUID PRIMARY KEY,
                actor_key TEXT NOT NULL UNIQUE,
                kind      TEXT NOT NULL,
                person_id UUID,
                acted_by  UUID,
                name      TEXT NOT NULL)
            """,
            $"CREATE INDEX audit_actors_by_person ON audit_actors (person_id)",
            $"""
            CREATE TABLE audit_values (
                audit_id     UUID PRIMARY KEY,
                subject_kind TEXT NOT NULL,
                subject_id   UUID NOT NULL,
                about        UUID,
                salt         TEXT NOT NULL,
                json         TEXT NOT NULL)
            """,
            $"CREATE INDEX audit_values_by_subject ON audit_values (subject_kind, subject_id)",
            $"CREATE INDEX audit_values_by_person ON audit_values (about)",
            $"CREATE TABLE audit_chain (id INTEGER PRIMARY KEY CHECK (id = 1), sequence BIGINT NOT NULL, hash TEXT NOT NULL)",
            $"INSERT INTO audit_chain (id, sequence, hash) VALUES (1, 0, '')",
            $"CREATE INDEX audit_by_actor ON audit (actor, at, id)",
            $"CREATE INDEX audit_by_act ON audit (act, at, id)",
            $"CREATE INDEX audit_actors_by_acted_by ON audit_actors (acted_by)");

    public void AddServices(IServiceCollection services)
    {
        services.AddScoped(provider => new Audit(
            provider.GetRequiredService<Db>(), provider.GetRequiredService<Actor>(), provider.GetRequiredService<Tenant>(),
            provider.GetRequiredService<UnsealedActs>(), provider.GetRequiredService<TimeProvider>()));
        services.AddScoped(provider => new AuditCheck(provider.GetRequiredService<AuditChain>()));
        services.AddScoped(provider => ActivatorUtilities.CreateInstance<AuditChain>(provider));
    }
}
