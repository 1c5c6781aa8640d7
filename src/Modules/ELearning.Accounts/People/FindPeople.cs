using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>Finds people by the beginnings of the words of their name, or of their address.</summary>
internal sealed class FindPeople(Db db)
{
    private const int MostWords = 4;
    private const int Most = 1000;

    public async Task<IReadOnlyList<FoundPerson>> RunAsync(string text, int limit, CancellationToken ct) => Condition(text, Most) is not { } found ? []
        : await db.ListAsync<FoundPerson>($"""
            SELECT p.id, p.display_name, a.email FROM people p LEFT JOIN accounts a ON a.person_id = p.id
            WHERE p.id IN ({found}) AND p.trashed_at IS NULL AND p.state <> 'erased' ORDER BY p.sort_name, p.id LIMIT {limit}
            """, ct);

    public Task<FoundPerson?> OneAsync(Guid id, CancellationToken ct) =>
        db.FirstAsync<FoundPerson>($"SELECT p.id, p.display_name, a.email FROM people p LEFT JOIN accounts a ON a.person_id = p.id WHERE p.id = {id}", ct);

    /// <summary>The ids of whoever is meant, at most so many of each way to be meant; null when the text says nothing.</summary>
    public static Sql? Condition(string text, int most)
    {
        if (Asked.Of(text) is not { } asked) return null;
        Sql found = $"""
            SELECT n.id FROM (SELECT id FROM people WHERE {Sql.Prefix("sort_name", asked.Whole)} LIMIT {most}) n
            UNION ALL SELECT m.id FROM (SELECT person_id AS id FROM accounts WHERE {Sql.Prefix("email_key", asked.Address)} LIMIT {most}) m
            """;
        if (asked.Words is not [var first, .. var more]) return found;

        // The longest word first: it means the fewest.
        Sql byWords = $"SELECT w.person_id FROM people_words w WHERE {Sql.Prefix("w.word", first)}";
        foreach (var word in more) byWords = $"{byWords} AND {HasWord($"w.person_id", word)}";
        return $"{found} UNION ALL SELECT k.person_id FROM ({byWords} LIMIT {most}) k";
    }

    /// <summary>The same as a condition on a row of people <c>p</c>, for whoever walks along them.</summary>
    public static Sql? Matches(string text)
    {
        if (Asked.Of(text) is not { } asked) return null;
        Sql byWords = asked.Words.Length == 0 ? $"FALSE" : Sql.And(asked.Words.Select(word => HasWord($"p.id", word)));
        return $"""
            ({Sql.Prefix("p.sort_name", asked.Whole)} OR ({byWords})
                OR EXISTS (SELECT 1 FROM accounts ma WHERE ma.person_id = p.id AND {Sql.Prefix("ma.email_key", asked.Address)}))
            """;
    }

    private static Sql HasWord(Sql person, string word) => $"EXISTS (SELECT 1 FROM people_words hw WHERE hw.person_id = {person} AND {Sql.Prefix("hw.word", word)})";

    private sealed record Asked(string Whole, string Address, string[] Words)
    {
        public static Asked? Of(string text) => ELearning.People.SortName(text) is not { Length: > 0 } whole ? null
            : new(whole, Fold.Key(text), [.. ELearning.People.Words(text).OrderByDescending(word => word.Length).Take(MostWords)]);
    }
}

internal sealed record FoundPerson(Guid Id, string DisplayName, string? Email);
