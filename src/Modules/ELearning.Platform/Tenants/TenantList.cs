using System.Globalization;
using ELearning.Data;
using ELearning.Shells;

namespace ELearning.Platform;

/// <summary>A tenant as the platform's table shows it: its row and the figures that it last told. Nothing of it wakes the tenant.</summary>
/// <param name="LastRequest">Unix time in milliseconds; 0 when nobody has been there.</param>
internal sealed record TenantRow(
    Guid Id, string Name, string NameKey, string Title, string TitleKey, TenantState State, string? Reason, string[] Hosts, string? Prefix,
    string? Recipe, long People, long Storage, long LastRequest);

internal sealed record StateCount(TenantState State, long Tenants, long People, long Storage);

/// <summary>What is asked of the table.</summary>
internal sealed record TenantQuery(string? Text, TenantState? State, string? Recipe, TenantSort Sort, string? After);

internal enum TenantSort { Last, Name, People, Storage }

/// <summary>The platform's table of tenants, a page at a time and each page by one index.</summary>
internal sealed class TenantList(PlatformDb platform, StatementMeter meter)
{
    public const int PageLength = 50;

    /// <summary>One more than a page, when there is a next one.</summary>
    public Task<List<TenantRow>> PageAsync(TenantQuery query, CancellationToken ct)
    {
        var conditions = new List<Sql> { query.State is { } state ? (Sql)$"state = {state}" : $"state <> 'Removed'" };
        if (query.Recipe is { } recipe) conditions.Add($"recipe = {recipe}");
        // A row an organisation: even ten thousand are looked through in milliseconds, and people remember the middle of a name.
        if (query.Text is { } text)
            foreach (var word in Fold.Text(text).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(5))
                conditions.Add($"sought LIKE {"%" + Literal(word) + "%"} ESCAPE '!'");

        // Each order's columns are those of an index.
        Sql order = query.Sort switch
        {
            TenantSort.Name => $"title_key, name_key",
            TenantSort.People => $"people DESC, name_key DESC",
            TenantSort.Storage => $"storage DESC, name_key DESC",
            _ => $"last_request DESC, name_key DESC",
        };
        if (After(query.After) is { } name && query.Sort == TenantSort.Name) conditions.Add($"(title_key, name_key) > ({name.Value}, {name.NameKey})");
        else if (Number(query.After) is { } last) conditions.Add(query.Sort switch
        {
            TenantSort.People => $"(people, name_key) < ({last.Value}, {last.NameKey})",
            TenantSort.Storage => $"(storage, name_key) < ({last.Value}, {last.NameKey})",
            _ => $"(last_request, name_key) < ({last.Value}, {last.NameKey})",
        });
        return platform.Open(meter).ListAsync<TenantRow>($"""
            SELECT id, name, name_key, title, title_key, state, reason, hosts, prefix, recipe, people, storage, last_request
            FROM tenants WHERE {Sql.And(conditions)} ORDER BY {order} LIMIT {PageLength + 1}
            """, ct);
    }

    /// <summary>Where the page after this row begins.</summary>
    public static string PlaceOf(TenantRow row, TenantSort sort) => string.Create(CultureInfo.InvariantCulture, $"{row.NameKey}.{sort switch
    {
        TenantSort.Name => row.TitleKey,
        TenantSort.People => row.People.ToString(CultureInfo.InvariantCulture),
        TenantSort.Storage => row.Storage.ToString(CultureInfo.InvariantCulture),
        _ => row.LastRequest.ToString(CultureInfo.InvariantCulture),
    }}");

    public Task<List<StateCount>> CountAsync(CancellationToken ct) => platform.Open(meter).ListAsync<StateCount>($"""
        SELECT state, COUNT(*) AS tenants, CAST(SUM(people) AS BIGINT) AS people, CAST(SUM(storage) AS BIGINT) AS storage
        FROM tenants WHERE state <> 'Removed' GROUP BY state ORDER BY state
        """, ct);

    public Task<TenantRow?> FindAsync(string name, CancellationToken ct) => platform.Open(meter).FirstAsync<TenantRow>($"""
        SELECT id, name, name_key, title, title_key, state, reason, hosts, prefix, recipe, people, storage, last_request
        FROM tenants WHERE name_key = {name.ToLowerInvariant()} AND state <> 'Removed'
        """, ct);

    private static string Literal(string word) => word.Replace("!", "!!").Replace("%", "!%").Replace("_", "!_");

    // A name is letters, digits and hyphens, so the first full stop ends it.
    private static (string NameKey, string Value)? After(string? place) =>
        place?.Split('.', 2) is [var nameKey, var value] && Tenant.IsName(nameKey) ? (nameKey, value) : null;

    private static (string NameKey, long Value)? Number(string? place) =>
        After(place) is { } after && long.TryParse(after.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (after.NameKey, number) : null;
}
