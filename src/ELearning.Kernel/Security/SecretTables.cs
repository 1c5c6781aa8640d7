using ELearning.Data;

namespace ELearning.Security;

/// <summary>Rows of the platform's database that the installation's key opens.</summary>
internal static class SecretTables
{
    public static readonly Sql[] PlatformMigrations =
    [
        $"""
        CREATE TABLE tenant_keys (
            id TEXT NOT NULL PRIMARY KEY,
            tenant TEXT NOT NULL,
            wrapped TEXT NOT NULL,
            wrapped_by TEXT NOT NULL,
            created_at TIMESTAMPTZ NOT NULL
        )
        """,
        $"CREATE INDEX tenant_keys_tenant ON tenant_keys (tenant, created_at)",
        $"""
        CREATE TABLE data_protection_keys (
            id TEXT NOT NULL PRIMARY KEY,
            xml TEXT NOT NULL,
            wrapped_by TEXT NOT NULL
        )
        """,
    ];
}
