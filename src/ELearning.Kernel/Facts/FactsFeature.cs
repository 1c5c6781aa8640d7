using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>The outbox: a row a fact and handler, until that handler has dealt with it.</summary>
internal sealed class FactsFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Facts", "Facts", "Kernel", "Tells features what has happened in others.") { AlwaysOn = true };

    public void Declare(FeatureBuilder f) => f
        .Job<Backfill>(Backfill.Name)
        .Table("fact_subjects")
        .Table("fact_handlers")
        .Table("outbox")
        .Table("outbox_state")
        .Schema(
            $"CREATE TABLE fact_subjects (kind TEXT NOT NULL, id UUID NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (kind, id))",
            $"CREATE TABLE fact_handlers (name TEXT PRIMARY KEY)",
            $"""
            CREATE TABLE outbox (
                id           UUID PRIMARY KEY,
                handler      TEXT NOT NULL,
                feature      TEXT NOT NULL,
                subject_kind TEXT NOT NULL,
                subject_id   UUID NOT NULL,
                number       BIGINT NOT NULL,
                fact         TEXT NOT NULL,
                version      INTEGER NOT NULL,
                json         TEXT NOT NULL,
                state        TEXT NOT NULL CHECK (state IN ('Waiting', 'Parked', 'Held')),
                published_at TIMESTAMPTZ NOT NULL,
                due_at       TIMESTAMPTZ NOT NULL,
                attempts     INTEGER NOT NULL,
                error        TEXT,
                UNIQUE (handler, subject_kind, subject_id, number))
            """,
            $"CREATE INDEX outbox_by_due ON outbox (due_at, id) WHERE state = 'Waiting'",
            $"CREATE TABLE outbox_state (id INTEGER PRIMARY KEY CHECK (id = 1), dirty BOOLEAN NOT NULL)",
            $"INSERT INTO outbox_state (id, dirty) VALUES (1, FALSE)");

    public void AddServices(IServiceCollection services) => services
        .AddSingleton<FactRoutes>()
        .AddSingleton(tenant => OutboxLock.For(tenant.GetRequiredService<Engine>().Dialect, tenant.GetRequiredService<Tenant>().Key))
        .AddScoped<OutboxState>()
        .AddScoped<Delivery>()
        .AddScoped<HeldFacts>()
        .AddScoped(scope => new Facts(
            scope.GetRequiredService<Db>(), scope.GetRequiredService<FactRoutes>(), scope.GetRequiredService<OutboxState>(), scope.GetRequiredService<TimeProvider>()))
        .AddScoped(scope => new ParkedFacts(
            scope.GetRequiredService<Db>(), scope.GetRequiredService<OutboxState>(), scope.GetRequiredService<TimeProvider>()));
}
