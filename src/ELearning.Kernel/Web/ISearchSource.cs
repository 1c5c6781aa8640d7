namespace ELearning;

/// <summary>Answers the search box for one module. Shows only what the current actor may see.</summary>
public interface ISearchSource
{
    Task<IReadOnlyList<SearchHit>> FindAsync(string text, int limit, CancellationToken ct);
}

public sealed record SearchHit(string Group, string Title, string? Detail, string Url);
