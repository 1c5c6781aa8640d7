namespace ELearning.Data;

/// <summary>FTS5. The "ascii" tokenizer splits at spaces and leaves all else as it is, which is what folded words need.</summary>
internal sealed class SearchSqlite : ISearchIndex
{
    public Sql[] Migrations { get; } =
    [
        // A key of its own: VACUUM may renumber a table without one, and the words hang on it.
        $"""
        CREATE TABLE search_documents (
            number INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            id UUID NOT NULL,
            title TEXT NOT NULL,
            body TEXT NOT NULL,
            UNIQUE (kind, id)
        )
        """,
        $"CREATE TABLE search_facets (kind TEXT NOT NULL, id UUID NOT NULL, facet TEXT NOT NULL, PRIMARY KEY (kind, id, facet))",
        $"CREATE VIRTUAL TABLE search_words USING fts5(title, body, tokenize = 'ascii', prefix = '2 3')",
        $"CREATE VIRTUAL TABLE search_grams USING fts5(grams, detail = none, tokenize = \"ascii tokenchars '_'\")",
    ];

    public Sql[] Put(SearchDocument d) =>
    [
        $"""
        INSERT INTO search_documents (kind, id, title, body) VALUES ({d.Kind}, {d.Id}, {d.Title}, {d.Body})
        ON CONFLICT (kind, id) DO UPDATE SET title = excluded.title, body = excluded.body
        """,
        $"""
        INSERT OR REPLACE INTO search_words (rowid, title, body)
        SELECT number, {Joined(d.Title)}, {Joined(d.Body)} FROM search_documents WHERE kind = {d.Kind} AND id = {d.Id}
        """,
        $"""
        INSERT OR REPLACE INTO search_grams (rowid, grams)
        SELECT number, {string.Join(' ', SearchText.Grams(d.Title))} FROM search_documents WHERE kind = {d.Kind} AND id = {d.Id}
        """,
    ];

    public Sql[] Remove(Sql which) =>
    [
        $"DELETE FROM search_words WHERE rowid IN (SELECT number FROM search_documents WHERE {which})",
        $"DELETE FROM search_grams WHERE rowid IN (SELECT number FROM search_documents WHERE {which})",
        $"DELETE FROM search_documents WHERE {which}",
    ];

    public Sql Find(IReadOnlyList<SearchTerm> terms, Sql where, int limit, int offset)
    {
        var match = Match(terms);
        // Bodies are read for the page only, not sorted along.
        return $"""
            WITH found AS (
                SELECT d.number, d.number IN (SELECT rowid FROM search_words WHERE search_words MATCH {"title : (" + match + ")"}) AS in_title,
                    bm25(search_words, 10.0, 1.0) AS rank
                FROM search_words w JOIN search_documents d ON d.number = w.rowid
                WHERE search_words MATCH {match} AND {where}
                ORDER BY in_title DESC, rank, d.kind, d.id LIMIT {limit} OFFSET {offset})
            SELECT d.kind, d.id, d.title, d.body FROM found JOIN search_documents d ON d.number = found.number
            ORDER BY found.in_title DESC, found.rank, d.kind, d.id
            """;
    }

    public Sql Titles(string[] grams, Sql where, int limit) =>
        $"""
        SELECT d.title FROM search_grams g JOIN search_documents d ON d.number = g.rowid
        WHERE search_grams MATCH {string.Join(" OR ", grams.Select(gram => $"\"{gram}\""))} AND {where}
        ORDER BY bm25(search_grams), d.kind, d.id LIMIT {limit}
        """;

    private static string Joined(string text) => string.Join(' ', SearchText.Words(text).Select(word => word.Text));

    private static string Match(IReadOnlyList<SearchTerm> terms) => string.Join(" AND ",
        terms.Select(term => $"\"{string.Join(' ', term.Words)}\"{(term.Prefix ? " *" : "")}"));
}
