using System.Text;

namespace ELearning.Data;

/// <summary>
/// tsvector and GIN, without a dictionary and without extensions: words and queries are written out here, since
/// PostgreSQL's parser would take addresses, numbers and hyphens apart in its own way, and a tenant's role installs nothing.
/// </summary>
internal sealed class SearchPostgres : ISearchIndex
{
    public Sql[] Migrations { get; } =
    [
        $"""
        CREATE TABLE search_documents (
            kind TEXT NOT NULL,
            id UUID NOT NULL,
            title TEXT NOT NULL,
            body TEXT NOT NULL,
            words TSVECTOR NOT NULL,
            grams TSVECTOR NOT NULL,
            PRIMARY KEY (kind, id)
        )
        """,
        $"CREATE TABLE search_facets (kind TEXT NOT NULL, id UUID NOT NULL, facet TEXT NOT NULL, PRIMARY KEY (kind, id, facet))",
        $"CREATE INDEX search_words ON search_documents USING gin (words)",
        $"CREATE INDEX search_grams ON search_documents USING gin (grams)",
    ];

    public Sql[] Put(SearchDocument d) =>
    [
        $"""
        INSERT INTO search_documents (kind, id, title, body, words, grams)
        VALUES ({d.Kind}, {d.Id}, {d.Title}, {d.Body}, CAST({Vector(d)} AS tsvector), CAST({Quoted(SearchText.Grams(d.Title), " ")} AS tsvector))
        ON CONFLICT (kind, id) DO UPDATE SET title = excluded.title, body = excluded.body, words = excluded.words, grams = excluded.grams
        """,
    ];

    public Sql[] Remove(Sql which) => [$"DELETE FROM search_documents WHERE {which}"];

    public Sql Find(IReadOnlyList<SearchTerm> terms, Sql where, int limit, int offset)
    {
        // 1: a word counts for less in a longer text, as bm25 has it.
        Sql rank = $"ts_rank('{{0.1, 0.1, 0.1, 1.0}}', d.words, CAST({Query(terms, "")} AS tsquery), 1)";
        return $"""
            WITH found AS (
                SELECT d.kind, d.id, d.words @@ CAST({Query(terms, "A")} AS tsquery) AS in_title, {rank} AS rank
                FROM search_documents d WHERE d.words @@ CAST({Query(terms, "")} AS tsquery) AND {where}
                ORDER BY in_title DESC, rank DESC, d.kind, d.id LIMIT {limit} OFFSET {offset})
            SELECT d.kind, d.id, d.title, d.body FROM found JOIN search_documents d ON d.kind = found.kind AND d.id = found.id
            ORDER BY found.in_title DESC, found.rank DESC, d.kind, d.id
            """;
    }

    public Sql Titles(string[] grams, Sql where, int limit)
    {
        var query = Quoted(grams, " | ");
        return $"""
            SELECT d.title FROM search_documents d WHERE d.grams @@ CAST({query} AS tsquery) AND {where}
            ORDER BY ts_rank(d.grams, CAST({query} AS tsquery)) DESC, d.kind, d.id LIMIT {limit}
            """;
    }

    // 'word':3A,17 with A for the title. A gap keeps a phrase from running out of the title into the body.
    private static string Vector(SearchDocument document)
    {
        var places = new Dictionary<string, List<string>>();
        var at = 0;
        foreach (var word in SearchText.Words(document.Title)) Add(word.Text, $"{++at}A");
        at++;
        foreach (var word in SearchText.Words(document.Body)) Add(word.Text, $"{++at}");

        var vector = new StringBuilder();
        foreach (var (word, positions) in places) vector.Append('\'').Append(word).Append("':").AppendJoin(',', positions).Append(' ');
        return vector.ToString();

        void Add(string word, string place)
        {
            if (!places.TryGetValue(word, out var list)) places[word] = list = [];
            list.Add(place);
        }
    }

    private static string Query(IReadOnlyList<SearchTerm> terms, string weight) => string.Join(" & ", terms.Select(term =>
        "(" + string.Join(" <-> ", term.Words.Select((word, i) =>
            (term.Prefix && i == term.Words.Length - 1, weight) switch
            {
                (true, _) => $"'{word}':*{weight}",
                (false, "") => $"'{word}'",
                _ => $"'{word}':{weight}",
            })) + ")"));

    private static string Quoted(string[] words, string separator) => string.Join(separator, words.Select(word => $"'{word}'"));
}
