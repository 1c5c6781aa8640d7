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

    public static string SortName(string displayName) => Fold.Text(displayName.Trim());

    /// <summary>By whose beginnings a person is found: folded, each once. For whoever adds thousands at a time.</summary>
    public static IReadOnlyList<string> Words(string displayName) =>
    [
        .. SearchText.Words(displayName).Select(word => word.Text.Length <= LongestWord ? word.Text : word.Text[..LongestWord]).Distinct().Take(MostWords),
    ];

    private static IEnumerable<Sql> WordsOf(Guid id, string name) =>
        Words(name).Select(word => (Sql)$"INSERT INTO people_words (person_id, word) SELECT id, {word} FROM people WHERE id = {id} AND state <> 'erased'");
}
