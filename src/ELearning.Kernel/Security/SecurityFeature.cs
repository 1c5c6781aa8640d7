using ELearning.Data;
using ELearning.Shells;
using ELearning.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace ELearning.Security;

/// <summary>Who acts in a tenant, and what they may: sessions, roles, and who has which role where.</summary>
internal sealed class SecurityFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Security", "Security", "Kernel", "Sessions, roles and permissions.")
    {
        AlwaysOn = true,
        DependsOn = ["People", "Audit"],
    };

    public void Declare(FeatureBuilder f) => f
        .Setting<SessionSettings>("sessions")
        .Permission(Roles.ManagePermission, "People", "Change roles, and who has them")
        .Permission(Sessions.ManagePermission, "People", "See and end other people's sessions")
        .Act("role-added", "Role added")
        .Act("role-changed", "Role changed")
        .Act("role-removed", "Role removed")
        .Act("role-assigned", "Role given")
        .Act("role-withdrawn", "Role taken back")
        .Job<SweepSessions>("sweep-sessions", Schedule.Daily(new(3, 10)).WhenActive())
        .Table("sessions", person: "person_id", personal: ["device"], erase: Erase.Remove)
        .Table("permission_version")
        .Table("offered_permissions", export: 2)
        .Table("roles", export: 2)
        .Table("role_permissions", export: 3)
        .Table("role_assignments", person: "person_id", erase: Erase.Remove, export: 4)
        .Schema(
            $"""
            CREATE TABLE sessions (
                id         UUID PRIMARY KEY,
                token_hash TEXT NOT NULL UNIQUE,
                person_id  UUID NOT NULL REFERENCES people (id),
                kind       TEXT NOT NULL CHECK (kind IN ('Person', 'LtiLaunch')),
                acted_by   UUID,
                framing    TEXT NOT NULL,
                device     TEXT NOT NULL,
                kept       BOOLEAN NOT NULL,
                opened_at  TIMESTAMPTZ NOT NULL,
                seen_at    TIMESTAMPTZ NOT NULL,
                expires_at TIMESTAMPTZ NOT NULL)
            """,
            $"CREATE INDEX sessions_by_person ON sessions (person_id, seen_at)",
            $"CREATE INDEX sessions_by_end ON sessions (expires_at)",
            $"CREATE TABLE permission_version (id INTEGER PRIMARY KEY CHECK (id = 1), version BIGINT NOT NULL)",
            $"INSERT INTO permission_version (id, version) VALUES (1, 1)",
            $"""
            CREATE TABLE roles (
                id          UUID PRIMARY KEY,
                name        TEXT NOT NULL,
                name_key    TEXT NOT NULL UNIQUE,
                description TEXT NOT NULL,
                shipped     BOOLEAN NOT NULL,
                revision    INTEGER NOT NULL)
            """,
            // The ids are the same everywhere, so that code and recipes can name these roles though a tenant renames them.
            $"""
            INSERT INTO roles (id, name, name_key, description, shipped, revision) VALUES
                ('00000000-0000-7000-8000-000000000001', 'Administrator', 'administrator', 'Runs the site', TRUE, 1),
                ('00000000-0000-7000-8000-000000000002', 'Instructor', 'instructor', 'Teaches and grades', TRUE, 1),
                ('00000000-0000-7000-8000-000000000003', 'Assistant', 'assistant', 'Helps an instructor', TRUE, 1),
                ('00000000-0000-7000-8000-000000000004', 'Author', 'author', 'Writes courses', TRUE, 1),
                ('00000000-0000-7000-8000-000000000005', 'Manager', 'manager', 'Follows the people of a department', TRUE, 1),
                ('00000000-0000-7000-8000-000000000006', 'Learner', 'learner', 'Takes courses', TRUE, 1)
            """,
            $"""
            CREATE TABLE role_permissions (
                role_id    UUID NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
                permission TEXT NOT NULL,
                PRIMARY KEY (role_id, permission))
            """,
            $"CREATE TABLE offered_permissions (permission TEXT PRIMARY KEY)",
            $"""
            CREATE TABLE role_assignments (
                person_id  UUID NOT NULL REFERENCES people (id),
                role_id    UUID NOT NULL REFERENCES roles (id),
                scope_kind TEXT NOT NULL,
                scope_id   UUID NOT NULL,
                PRIMARY KEY (person_id, scope_kind, scope_id, role_id))
            """,
            $"CREATE INDEX role_assignments_by_role ON role_assignments (role_id, person_id)",
            $"CREATE INDEX role_assignments_by_scope ON role_assignments (scope_kind, scope_id)",
            $"ALTER TABLE sessions ADD COLUMN preview TEXT",
            $"CREATE INDEX sessions_by_acted_by ON sessions (acted_by) WHERE acted_by IS NOT NULL");

    public void AddServices(IServiceCollection services)
    {
        services.AddScoped<CurrentActor>();
        services.AddScoped(provider => provider.GetRequiredService<CurrentActor>().Actor);
        services.AddScoped<Sessions>();
        services.AddScoped<Roles>();
        services.AddSingleton(provider => new FeaturesInForce(
            provider.GetRequiredService<FeatureCatalog>(), provider.GetRequiredService<ModuleMap>(), provider.GetRequiredService<Tenant>(),
            provider.GetRequiredService<IStringLocalizerFactory>()));
        services.AddSingleton<Grants>();
        services.AddScoped(provider => new Permissions(provider.GetRequiredService<Db>(), provider.GetRequiredService<Grants>(), provider));
    }
}
