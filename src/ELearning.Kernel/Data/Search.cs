namespace ELearning.Data;

/// <summary>Something to be found. Its owner puts it in, and takes it out, in the transaction that changes it.</summary>
/// <param name="Body">Plain text. Only the first 100,000 characters can be found.</param>
/// <param name="Facets">Small words to filter by, such as <c>language:de</c>.</param>
public sealed record SearchDocument(string Kind, Guid Id, string Title, string Body, params string[] Facets);

/// <param name="Text">As typed: words, "words in quotes", the last one perhaps unfinished.</param>
public sealed record SearchQuery(string Text)
{
    /// <summary>All kinds when empty.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>All of them must be there.</summary>
    public IReadOnlyList<string> Facets { get; init; } = [];

    /// <summary>A condition on <c>d.kind</c> and <c>d.id</c>: what this person may see. It limits corrections too.</summary>
    public Sql? Allowed { get; init; }

    public int Limit { get; init; } = 20;

    public int Offset { get; init; }
}

public sealed record FoundDocument(string Kind, Guid Id, Highlighted Title, Highlighted Snippet);

/// <param name="HasMore">There is a next page.</param>
/// <param name="Instead">The query that was answered, when there was nothing for the one that was asked; further pages ask for this.</param>
public sealed record SearchResult(IReadOnlyList<FoundDocument> Documents, bool HasMore, string? Instead);

/// <summary>
/// A tenant's full-text search. Both databases find the same documents; those with all words in the title come first,
/// after that each database ranks by its own formula.
/// </summary>
public sealed class Search(Db db)
{
    private const int LastOffset = 1000;
    private const int TitlesToCompare = 200;

    private readonly ISearchIndex _index = SearchIndex.For(db.Dialect);

    public async Task PutAsync(SearchDocument document, CancellationToken ct)
    {
        var clean = document with { Title = SearchText.Clean(document.Title, 500), Body = SearchText.Clean(document.Body) };
        Sql[] facets =
        [
            $"DELETE FROM search_facets WHERE kind = {document.Kind} AND id = {document.Id}",
            .. document.Facets.Distinct().Select(facet =>
                (Sql)$"INSERT INTO search_facets (kind, id, facet) VALUES ({document.Kind}, {document.Id}, {facet})"),
        ];
        await db.AppendAsync([.. _index.Put(clean), .. facets], ct);
    }

    public Task RemoveAsync(string kind, Guid id, CancellationToken ct) => RemoveAsync($"kind = {kind} AND id = {id}", ct);

    /// <summary>Before a kind's owner puts all of its documents in anew.</summary>
    public Task RemoveAllAsync(string kind, CancellationToken ct) => RemoveAsync($"kind = {kind}", ct);

    public async Task<SearchResult> FindAsync(SearchQuery query, CancellationToken ct)
    {
        var terms = SearchText.Terms(query.Text);
        if (terms.Count == 0) return new([], false, null);

        var found = await FindAsync(terms, query, ct);
        if (found.Documents.Count > 0 || query.Offset > 0 || await CorrectAsync(terms, query, ct) is not { } meant) return found;

        var instead = await FindAsync(meant, query, ct);
        return instead.Documents.Count == 0 ? found : instead with { Instead = string.Join(' ', meant) };
    }

    private Task<int[]> RemoveAsync(Sql which, CancellationToken ct) =>
        db.AppendAsync([.. _index.Remove(which), $"DELETE FROM search_facets WHERE {which}"], ct);

    private async Task<SearchResult> FindAsync(List<SearchTerm> terms, SearchQuery query, CancellationToken ct)
    {
        var limit = Math.Clamp(query.Limit, 1, 100);
        var rows = await db.ListAsync<Row>(_index.Find(terms, Where(query), limit + 1, Math.Clamp(query.Offset, 0, LastOffset)), ct);
        var documents = rows.Take(limit).Select(row => new FoundDocument(row.Kind, row.Id,
            new(row.Title, SearchText.Marks(row.Title, terms)),
            Highlighted.Snippet(row.Body, SearchText.Marks(row.Body, terms))));
        return new([.. documents], rows.Count > limit, null);
    }

    // Nothing was found. Each word that occurs nowhere is replaced by the title word that it most resembles.
    private async Task<List<SearchTerm>?> CorrectAsync(List<SearchTerm> terms, SearchQuery query, CancellationToken ct)
    {
        var meant = new List<SearchTerm>();
        foreach (var term in terms)
        {
            var isWord = term.Words is [{ Length: >= 4 }];
            var nearest = isWord && !await OccursAsync(term, query, ct) ? await NearestAsync(term, query, ct) : null;
            meant.Add(nearest is null ? term : new([nearest], false));
        }
        return meant.SequenceEqual(terms) ? null : meant;
    }

    private async Task<bool> OccursAsync(SearchTerm term, SearchQuery query, CancellationToken ct) =>
        (await db.ListAsync<Row>(_index.Find([term], Where(query), 1, 0), ct)).Count > 0;

    private async Task<string?> NearestAsync(SearchTerm term, SearchQuery query, CancellationToken ct)
    {
        var titles = await db.ListAsync<string>(_index.Titles(SearchText.Grams(term.Words[0]), Where(query), TitlesToCompare), ct);
        return SearchText.Nearest(term, titles.SelectMany(SearchText.Words).Select(word => word.Text).Distinct());
    }

    private static Sql Where(SearchQuery query)
    {
        var conditions = query.Facets.Select(facet =>
            (Sql)$"EXISTS (SELECT 1 FROM search_facets f WHERE f.kind = d.kind AND f.id = d.id AND f.facet = {facet})").ToList();
        if (query.Kinds.Count > 0) conditions.Add($"d.kind IN {query.Kinds}");
        if (query.Allowed is not null) conditions.Add(query.Allowed);
        return Sql.And(conditions);
    }

    private sealed record Row(string Kind, Guid Id, string Title, string Body);
}
