namespace ELearning;

/// <summary>Knows where a thing of one kind lies, so that a role given for a course holds for its sections.</summary>
public interface IScopeResolver
{
    /// <summary>The next wider scope, or null when only the tenant is wider. Also null when there is no such thing.</summary>
    Task<Scope?> ParentAsync(Guid id, CancellationToken ct);
}

/// <summary>What a permission is about: a course, a section.</summary>
public readonly record struct Scope(string Kind, Guid Id);
