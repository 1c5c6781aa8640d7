using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>A line of the list of people.</summary>
internal sealed record PersonRow(Guid Id, string DisplayName, string SortName, string? Email, string? Picture, string State, DateTimeOffset? TrashedAt, DateTimeOffset SeenAt)
{
    public PeoplePlace Place => new(Id, SortName, SeenAt);
}

/// <summary>
/// Pages out of a million people. When few are meant, they are looked up and sorted; when many are, the index of the
/// order is walked until a page is full. Which of the two it is, the count has told before, and the count stops early.
/// </summary>
internal sealed class PeopleStore(Db db, TimeProvider clock)
{
    // Up to so many are sorted quicker than found by walking.
    private const int Few = 5_000;

    private sealed record Tally(long Candidates, long Matches);

    public async Task<Counted> CountAsync(PeopleQuery query, CancellationToken ct)
    {
        if (Candidates(query) is not { } candidates)
            return new(await db.FirstAsync<long?>($"SELECT count(*) FROM (SELECT p.id FROM people p WHERE {Sql.And(Conditions(query))} LIMIT {Counted.Most + 1}) counted", ct) ?? 0);

        var tally = await db.FirstAsync<Tally>($"""
            SELECT count(*) AS candidates, count(CASE WHEN {Sql.And(Conditions(query))} THEN 1 END) AS matches
            FROM ({candidates}) f CROSS JOIN people p WHERE p.id = f.id
            """, ct) ?? new(0, 0);
        // There are more whom nobody looked at, so that there are at least so many.
        return tally.Candidates > Counted.Most ? new(Math.Max(tally.Matches, Counted.Most + 1)) : new(tally.Matches);
    }

    public Task<List<PersonRow>> PageAsync(PeopleQuery query, Counted count, PeoplePlace? after, int rows, CancellationToken ct)
    {
        var conditions = Conditions(query);
        if (after is not null) conditions.Add(After(query.Sort, after));
        var order = Order(query.Sort);
        if (Candidates(query) is { } candidates && count.Number <= Few)
            return db.ListAsync<PersonRow>($"""
                SELECT p.id, p.display_name, p.sort_name, a.email, p.picture, p.state, p.trashed_at, p.seen_at
                FROM ({candidates}) f CROSS JOIN people p LEFT JOIN accounts a ON a.person_id = p.id
                WHERE p.id = f.id AND {Sql.And(conditions)} ORDER BY {order} LIMIT {rows}
                """, ct);

        conditions.AddRange(Walked(query));
        return db.ListAsync<PersonRow>($"""
            SELECT p.id, p.display_name, p.sort_name, a.email, p.picture, p.state, p.trashed_at, p.seen_at
            FROM people p LEFT JOIN accounts a ON a.person_id = p.id
            WHERE {Sql.And(conditions)} ORDER BY {order} LIMIT {rows}
            """, ct);
    }

    // Ids, each once, by whatever narrows most; null when nothing does.
    private Sql? Candidates(PeopleQuery query)
    {
        const int most = Counted.Most + 1;
        if (FindPeople.Condition(query.Text ?? "", most) is { } named) return $"SELECT DISTINCT n.id FROM ({named}) n LIMIT {most}";
        if (query.Role is { } role) return $"SELECT DISTINCT person_id AS id FROM role_assignments WHERE role_id = {role} LIMIT {most}";
        return query.State switch
        {
            PeopleState.Any => SeenIn(query.Seen) is { } seen ? (Sql)$"SELECT p.id FROM people p WHERE p.trashed_at IS NULL AND {seen} LIMIT {most}" : null,
            PeopleState.Trash => $"SELECT id FROM people WHERE trashed_at IS NOT NULL LIMIT {most}",
            var state => $"SELECT id FROM people WHERE trashed_at IS NULL AND state = {Text(state)} LIMIT {most}",
        };
    }

    private List<Sql> Conditions(PeopleQuery query)
    {
        var conditions = new List<Sql> { query.State == PeopleState.Trash ? $"p.trashed_at IS NOT NULL" : (Sql)$"p.trashed_at IS NULL", $"p.state <> 'erased'" };
        // Joined to nothing, so that no index of states is taken where the index of the order must be walked.
        if (query.State is not (PeopleState.Any or PeopleState.Trash)) conditions.Add($"p.state || '' = {Text(query.State)}");
        if (query.Role is { } role) conditions.Add($"EXISTS (SELECT 1 FROM role_assignments ra WHERE ra.person_id = p.id AND ra.role_id = {role})");
        if (SeenIn(query.Seen) is { } seen) conditions.Add(seen);
        return conditions;
    }

    private Sql? SeenIn(PeopleSeen seen) => seen switch
    {
        PeopleSeen.Week => $"p.seen_at >= {clock.GetUtcNow() - PeopleQuery.Week}",
        PeopleSeen.Month => $"p.seen_at >= {clock.GetUtcNow().AddDays(-30)}",
        PeopleSeen.Never => $"p.seen_at = {DateTimeOffset.UnixEpoch}",
        _ => null,
    };

    private static IEnumerable<Sql> Walked(PeopleQuery query) =>
        FindPeople.Matches(query.Text ?? "") is { } matches ? [matches] : [];

    private static Sql Order(PeopleSort sort) => sort switch
    {
        PeopleSort.Joined => $"p.id DESC",
        PeopleSort.Seen => $"p.seen_at DESC, p.id DESC",
        _ => $"p.sort_name, p.id",
    };

    // An id is of version 7 and begins with the time at which it was made: the order of ids is the order of joining.
    private static Sql After(PeopleSort sort, PeoplePlace after) => sort switch
    {
        PeopleSort.Joined => $"p.id < {after.Id}",
        PeopleSort.Seen => $"(p.seen_at, p.id) < ({after.Seen}, {after.Id})",
        _ => $"(p.sort_name, p.id) > ({after.Name}, {after.Id})",
    };

    private static string Text(PeopleState state) => state.ToString().ToLowerInvariant();
}
