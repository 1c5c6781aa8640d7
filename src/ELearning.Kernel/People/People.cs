using ELearning.Data;

namespace ELearning;

/// <summary>The one place where people are added and renamed, so that the words by which they are found stay true.</summary>
public sealed class People(Db db)
{
    private const int MostWords = 8;
    private const int LongestWord = 40;

    /// <param name="id">Version 7: it also tells since when they are here.</param>
    /// <param name="state"><c>active</c>, or <c>invited</c>.</param>
    public Task AddAsync(Guid id, string displayName, CancellationToken ct, string state = "active", string? culture = null, string? zone = null) => db.AppendAsync(
        [
            $"""
            INSERT INTO people (id, display_name, sort_name, culture, zone, state)
            VALUES ({id}, {displayName.Trim()}, {SortName(displayName)}, {culture}, {zone}, {state})
            """,
            .. WordsOf(id, displayName),
        ], ct);

    /// <summary>Many at a time, in a handful of statements.</summary>
    public Task AddAsync(IReadOnlyCollection<PersonEntry> people, CancellationToken ct) => db.TransactAsync(async () =>
    {
        await db.InsertAsync("people", people.Select(person => new PersonRow(
            person.Id, person.DisplayName.Trim(), SortName(person.DisplayName), person.Culture, person.Zone, person.State)), ct);
        await db.InsertAsync("people_words", people.SelectMany(person => Words(person.DisplayName).Select(word => new WordRow(person.Id, word))), ct);
    }, ct);

    /// <summary>Other names, languages and zones for many; a language or zone that is null stays as it was.</summary>
    public Task ChangeAsync(IReadOnlyCollection<PersonEntry> people, CancellationToken ct) => db.TransactAsync(async () =>
    {
        if (people.Count == 0) return;
        Sql rows = $"";
        var separator = (Sql)$"";
        foreach (var person in people)
        {
            rows = $"{rows}{separator}({person.Id}, {person.DisplayName.Trim()}, {SortName(person.DisplayName)}, CAST({person.Culture} AS TEXT), CAST({person.Zone} AS TEXT))";
            separator = $", ";
        }
        // Both databases call the columns of VALUES so.
        var changed = await db.ListAsync<Guid>($"""
            UPDATE people SET display_name = v.column2, sort_name = v.column3, culture = COALESCE(v.column4, culture), zone = COALESCE(v.column5, zone), revision = revision + 1
            FROM (VALUES {rows}) AS v WHERE people.id = v.column1 AND state <> 'erased'
            RETURNING people.id
            """, ct);
        if (changed.Count == 0) return;

        await db.ExecuteAsync($"DELETE FROM people_words WHERE person_id IN {changed}", ct);
        var kept = changed.ToHashSet();
        await db.InsertAsync("people_words", people.Where(person => kept.Contains(person.Id)).SelectMany(person => Words(person.DisplayName).Select(word => new WordRow(person.Id, word))), ct);
    }, ct);

    /// <returns>False when there is no such person.</returns>
    public async Task<bool> RenameAsync(Guid id, string displayName, CancellationToken ct)
    {
        var changed = await db.AppendAsync(
            [
                $"UPDATE people SET display_name = {displayName.Trim()}, sort_name = {SortName(displayName)}, revision = revision + 1 WHERE id = {id} AND state <> 'erased'",
                $"DELETE FROM people_words WHERE person_id = {id}",
                .. WordsOf(id, displayName),
            ], ct);
        return changed[0] == 1;
    }

    /// <summary>How somebody wants to be spoken to; null: as their browser, or the site, has it.</summary>
    public Task<int> PreferAsync(Guid id, string? culture, string? zone, CancellationToken ct) => db.ExecuteAsync(
        $"UPDATE people SET culture = {culture}, zone = {zone}, revision = revision + 1 WHERE id = {id} AND state <> 'erased'", ct);

    /// <param name="picture">The name under which it is had from <c>/pictures/</c>; null: none.</param>
    public Task<int> ShowAsync(Guid id, string? picture, CancellationToken ct) => db.ExecuteAsync(
        $"UPDATE people SET picture = {picture}, revision = revision + 1 WHERE id = {id} AND state <> 'erased'", ct);

    public static string SortName(string displayName) => Fold.Text(displayName.Trim());

    /// <summary>By whose beginnings a person is found: folded, each once. For whoever adds thousands at a time.</summary>
    public static IReadOnlyList<string> Words(string displayName) =>
    [
        .. SearchText.Words(displayName).Select(word => word.Text.Length <= LongestWord ? word.Text : word.Text[..LongestWord]).Distinct().Take(MostWords),
    ];

    private static IEnumerable<Sql> WordsOf(Guid id, string name) =>
        Words(name).Select(word => (Sql)$"INSERT INTO people_words (person_id, word) SELECT id, {word} FROM people WHERE id = {id} AND state <> 'erased'");

    private sealed record PersonRow(Guid Id, string DisplayName, string SortName, string? Culture, string? Zone, string State);

    private sealed record WordRow(Guid PersonId, string Word);
}

/// <summary>Somebody as an import has them.</summary>
/// <param name="Id">Version 7 for a new one.</param>
public sealed record PersonEntry(Guid Id, string DisplayName, string State = "active", string? Culture = null, string? Zone = null);
