using ELearning.Data;
using ELearning.Recipes;
using ELearning.Security;
using ELearning.Settings;
using ELearning.Shells;

namespace ELearning;

/// <summary>The tables of the platform's database, one list a capability. Append, never edit.</summary>
internal static class PlatformSchemas
{
    public static readonly Schema[] All =
    [
        new("Tenants", Tenants.Migrations),
        new("Wakeups", Wakeups.Migrations),
        new("Secrets", SecretTables.PlatformMigrations),
        new("Audit", AuditChain.PlatformMigrations),
        new("Settings", SettingStore.Migrations),
        new("Recipes", RecipeRuns.Migrations),
        new("Figures", TenantFigures.Migrations),
        new("Profiles", FeatureProfiles.Migrations),
    ];
}
