using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning.Shells;

/// <summary>
/// The numbers that features declare by <c>f.Figure</c>, kept in the platform's database: an active tenant tells its own
/// once a minute and when it is evicted, so that a list of thousands activates none.
/// </summary>
internal sealed class TenantFigures(PlatformDb platform, ILogger<TenantFigures> log)
{
    public const string People = "people";
    public const string Storage = "storage";

    public static readonly Sql[] Migrations =
    [
        $"""
        CREATE TABLE tenant_figures (
            tenant UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
            name   TEXT NOT NULL,
            value  BIGINT NOT NULL,
            PRIMARY KEY (tenant, name))
        """,
    ];

    /// <summary>Of those that were used since the last time. One that cannot be counted says so in the log and holds up none of the others.</summary>
    public async Task WriteAsync(IEnumerable<Shell> shells, CancellationToken ct)
    {
        foreach (var shell in shells)
        {
            if (shell.CountedAt == shell.LastUsed || !shell.TryHold()) continue;
            try
            {
                await WriteAsync(shell, ct);
            }
            catch (Exception error) when (error is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                log.LogWarning(error, "The figures of {Tenant} could not be counted; the platform shows those of before", shell.Tenant.Name);
            }
            finally
            {
                await shell.LetGoAsync();
            }
        }
    }

    /// <summary>Those of some tenants, as they were last told.</summary>
    public async Task<ILookup<Guid, (string Name, long Value)>> OfAsync(IReadOnlyCollection<Guid> tenants, StatementMeter meter, CancellationToken ct)
    {
        if (tenants.Count == 0) return Array.Empty<Row>().ToLookup(row => row.Tenant, row => (row.Name, row.Value));
        var rows = await platform.Open(meter).ListAsync<Row>($"SELECT tenant, name, value FROM tenant_figures WHERE tenant IN {tenants} ORDER BY tenant, name", ct);
        return rows.ToLookup(row => row.Tenant, row => (row.Name, row.Value));
    }

    private async Task WriteAsync(Shell shell, CancellationToken ct)
    {
        var used = shell.LastUsed;
        var values = await CountAsync(shell, ct);
        var (tenant, last) = (shell.Tenant.Id, shell.LastRequest);
        await platform.Open().AppendAsync(
            [
                $"""
                UPDATE tenants SET people = {values.GetValueOrDefault(People)}, storage = {values.GetValueOrDefault(Storage)},
                    last_request = CASE WHEN last_request < {last} THEN {last} ELSE last_request END
                WHERE id = {tenant}
                """,
                // Those of a feature that is off say nothing any more.
                $"DELETE FROM tenant_figures WHERE tenant = {tenant}",
                // None for a tenant that was removed meanwhile.
                .. values.Select(value => (Sql)$"INSERT INTO tenant_figures (tenant, name, value) SELECT id, {value.Key}, {value.Value} FROM tenants WHERE id = {tenant}"),
            ], ct);
        shell.CountedAt = used;
    }

    private static async Task<Dictionary<string, long>> CountAsync(Shell shell, CancellationToken ct)
    {
        await using var scope = new ShellScope(shell);
        var db = scope.Services.GetRequiredService<Db>();
        var values = new Dictionary<string, long>();
        foreach (var figure in shell.Features.SelectMany(feature => feature.Declared.Figures))
            values[figure.Name] = await db.FirstAsync<long?>(figure.Sql, ct) ?? 0;
        return values;
    }

    private sealed record Row(Guid Tenant, string Name, long Value);
}
