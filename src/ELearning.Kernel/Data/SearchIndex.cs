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

    /// <summary>The same number of entries for both, so that a version means the same.</summary>
    public static Sql[] Migrations => [.. Sqlite.Migrations.Zip(Postgres.Migrations, Sql.Either)];
}
