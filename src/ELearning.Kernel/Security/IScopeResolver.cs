using ELearning.Data;

namespace ELearning;

/// <summary>Knows where a thing of one kind lies, so that a role given for a course holds for its sections.</summary>
public interface IScopeResolver
{
    /// <summary>The next wider scope, or null when only the tenant is wider. Also null when there is no such thing.</summary>
    Task<Scope?> ParentAsync(Guid id, CancellationToken ct);

    /// <summary>The same for lists; null when only the tenant is wider.</summary>
    WiderScope? Wider => null;

    /// <summary>What people call it; null when there is no such thing, or nobody has named this kind.</summary>
    Task<string?> NameAsync(Guid id, CancellationToken ct) => Task.FromResult<string?>(null);

    /// <summary>Things of this kind by the beginning of their name, for whoever gives a role for one of them.</summary>
    Task<IReadOnlyList<ScopeName>> FindAsync(string text, int limit, CancellationToken ct) => Task.FromResult<IReadOnlyList<ScopeName>>([]);
}

public sealed record ScopeName(Guid Id, string Name);

/// <summary>What a permission is about: a course, a section, or the whole tenant.</summary>
public readonly record struct Scope(string Kind, Guid Id)
{
    public static readonly Scope Tenant = new("tenant", Guid.Empty);

    public override string ToString() => this == Tenant ? "the whole site" : $"{Kind} {Id}";
}

/// <summary>The kind that is wider, and which ids lie within some of its ids: <c>ids => $"SELECT id FROM courses WHERE category_id IN ({ids})"</c>.</summary>
public sealed record WiderScope(string Kind, Func<Sql, Sql> Within);
