using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ELearning.Security;

/// <summary>Refuses to start a host that has a route or page of which nobody said who may use it.</summary>
internal static class AccessRules
{
    public static void Check(IEnumerable<Endpoint> endpoints, FeatureCatalog catalog)
    {
        var kinds = catalog.All.SelectMany(feature => feature.Declared.Scopes).Select(scope => scope.Kind).ToHashSet();
        var wrong = endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => (endpoint.DisplayName, Why: WhatIsWrong(endpoint, catalog, kinds)))
            .Where(found => found.Why is not null)
            .Select(found => $"{found.DisplayName} {found.Why}")
            .Distinct().ToList();
        if (wrong.Count > 0) throw new FeatureException(string.Join(Environment.NewLine, wrong));
    }

    private static string? WhatIsWrong(RouteEndpoint endpoint, FeatureCatalog catalog, HashSet<string> kinds)
    {
        // Ours is the only check there is, so the framework's words would be ignored, and somebody would rely on them.
        if (endpoint.Metadata.Any(word => word is IAuthorizeData or IAllowAnonymous or AuthorizationPolicy))
            return "uses the framework's [Authorize] or [AllowAnonymous]. Write Requires, SignedIn or Public instead.";

        // What a page's model says arrives twice: from its selector and from its class.
        var rules = endpoint.Metadata.OfType<AccessAttribute>().Distinct().ToList();
        return rules switch
        {
            [] => "says neither who may use it nor that everybody may. Write Requires, SignedIn or Public.",
            [PublicAttribute { Reason: var reason }] when string.IsNullOrWhiteSpace(reason) => "is public without a reason.",
            [RequiresAttribute required] => WhatIsWrong(endpoint, required, catalog, kinds),
            [_] => null,
            _ => $"says more than once who may use it: {string.Join(", ", rules.Select(rule => rule.GetType().Name.Replace("Attribute", "")))}.",
        };
    }

    private static string? WhatIsWrong(RouteEndpoint endpoint, RequiresAttribute required, FeatureCatalog catalog, HashSet<string> kinds)
    {
        if (!catalog.Permissions.ContainsKey(required.Permission)) return $"requires {required.Permission}, a permission that no feature declares.";
        if (required.Kind is null) return null;
        if (!kinds.Contains(required.Kind)) return $"requires {required.Permission} for a {required.Kind}, a kind of scope that no feature declares.";
        return endpoint.RoutePattern.Parameters.Any(parameter => string.Equals(parameter.Name, required.RouteValue, StringComparison.OrdinalIgnoreCase))
            ? null : $"has no route value {required.RouteValue}, which should name the {required.Kind}.";
    }
}
