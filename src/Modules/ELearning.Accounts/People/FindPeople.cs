using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>Finds people by the beginnings of the words of their name, or of their address.</summary>
internal sealed class FindPeople(Db db)
{
    private const int MostWords = 4;

    public async Task<IReadOnlyList<FoundPerson>> RunAsync(string text, int limit, CancellationToken ct) => Condition(text, Counted.Most) is not { } found ? []
        : await db.ListAsync<FoundPerson>($"""
            SELECT p.id, p.display_name FROM people p
            WHERE p.id IN ({found}) AND p.trashed_at IS NULL AND p.state <> 'erased' ORDER BY p.sort_name, p.id LIMIT {limit}
            """, ct);

    public Task<FoundPerson?> OneAsync(Guid id, CancellationToken ct) =>
        db.FirstAsync<FoundPerson>($"SELECT id, display_name FROM people WHERE id = {id}", ct);

    /// <summary>The ids of whoever is meant, at most so many of each way to be meant; null when the text says nothing.</summary>
    public static Sql? Condition(string text, int most)
    {
        var words = ELearning.People.Words(text).Take(MostWords).ToList();
        var whole = ELearning.People.SortName(text);
        if (whole == "") return null;

        Sql byName = $"SELECT n.id FROM (SELECT id FROM people WHERE {Sql.Prefix("sort_name", whole)} LIMIT {most}) n";
        if (words.Count == 0) return byName;

        Sql byWords = $"SELECT person_id FROM people_words WHERE {Sql.Prefix("word", words.MaxBy(word => word.Length)!)}";
        foreach (var word in words.OrderByDescending(word => word.Length).Skip(1))
            byWords = $"{byWords} AND person_id IN (SELECT person_id FROM people_words WHERE {Sql.Prefix("word", word)})";
        return $"{byName} UNION ALL SELECT w.person_id FROM ({byWords} LIMIT {most}) w";
    }
}

internal sealed record FoundPerson(Guid Id, string DisplayName);
