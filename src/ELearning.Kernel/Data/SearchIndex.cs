namespace ELearning.Data;

/// <summary>What the two databases do each in their own way: tables, writing words, and finding documents by them.</summary>
internal interface ISearchIndex
{
    Sql[] Migrations { get; }

    Sql[] Put(SearchDocument document);

    /// <param name="which">Conditions on <c>search_documents</c>.</param>
    Sql[] Remove(Sql which);

    /// <summary>Rows of kind, id, title and body. <paramref name="where"/> speaks of the document as <c>d</c>.</summary>
    Sql Find(IReadOnlyList<SearchTerm> terms, Sql where, int limit, int offset);

    /// <summary>Titles that share the most threes of letters.</summary>
    Sql Titles(string[] grams, Sql where, int limit);
}

internal static class SearchIndex
{
    private static readonly SearchSqlite Sqlite = new();
    private static readonly SearchPostgres Postgres = new();

    public static ISearchIndex For(Dialect dialect) => dialect == Dialect.Sqlite ? Sqlite : Postgres;

    // Made anew from the documents' owners, who also take out what is about a person that is erased.
    public static Table[] Tables(string feature) =>
    [
        new("search_documents", feature, null, [], Erase.Keep, 0),
        new("search_facets", feature, null, [], Erase.Keep, 0),
        new("search_words", feature, null, [], Erase.Keep, 0),
        new("search_grams", feature, null, [], Erase.Keep, 0),
    ];
}
