using Microsoft.AspNetCore.Builder;

namespace ELearning;

/// <summary>Who may use a route or page. Each says exactly one; one that says none stops the start.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class AccessAttribute : Attribute;

/// <summary>Whoever has the permission, for the whole tenant or for what the address names.</summary>
public sealed class RequiresAttribute : AccessAttribute
{
    /// <param name="scope">The kind of scope and the route value that names it: <c>"course:id"</c>.</param>
    public RequiresAttribute(string permission, string? scope = null)
    {
        Permission = permission;
        if (scope is null) return;
        if (scope.Split(':') is not [{ Length: > 0 } kind, { Length: > 0 } routeValue])
            throw new FeatureException($"\"{scope}\" is no scope. Write the kind and the route value, as in \"course:id\".");
        (Kind, RouteValue) = (kind, routeValue);
    }

    public string Permission { get; }

    public string? Kind { get; }

    public string? RouteValue { get; }
}

/// <summary>Whoever is signed in; which rows they see is said in the WHERE clause.</summary>
public sealed class SignedInAttribute : AccessAttribute;

/// <summary>Everybody, for a reason that a reviewer can judge.</summary>
public sealed class PublicAttribute(string reason) : AccessAttribute
{
    public string Reason => reason;
}

public static class AccessRoutes
{
    /// <inheritdoc cref="RequiresAttribute"/>
    /// <param name="scope">The kind of scope and the route value that names it: <c>"course:id"</c>.</param>
    public static TBuilder Requires<TBuilder>(this TBuilder route, string permission, string? scope = null) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new RequiresAttribute(permission, scope));

    public static TBuilder SignedIn<TBuilder>(this TBuilder route) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new SignedInAttribute());

    public static TBuilder Public<TBuilder>(this TBuilder route, string reason) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new PublicAttribute(reason));
}
