using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace ELearning.Web;

/// <summary>Two endpoints on one route would be an error at some request, long after: found at the start instead.</summary>
internal static class RouteCheck
{
    public static void Check(IEnumerable<Endpoint> endpoints)
    {
        var seen = new Dictionary<string, List<RouteEndpoint>>(StringComparer.OrdinalIgnoreCase);
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>())
        {
            var shape = Shape(endpoint.RoutePattern);
            if (!seen.TryGetValue(shape, out var others)) seen[shape] = others = [];
            foreach (var other in others)
                if (Overlap(endpoint, other))
                    throw new FeatureException($"Features {FeatureOf(other)} and {FeatureOf(endpoint)} both claim the route {endpoint.RoutePattern.RawText ?? shape}. Give one of them another address.");
            others.Add(endpoint);
        }
    }

    // "/courses/{id}" and "/courses/{slug}" are one route; "/courses/{id:guid}" is another.
    private static string Shape(RoutePattern pattern) => string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => $"{{{(parameter.IsCatchAll ? "*" : "")}{string.Concat(parameter.ParameterPolicies.Select(p => ":" + p.Content))}}}",
        _ => "",
    }))));

    private static bool Overlap(Endpoint one, Endpoint other)
    {
        var ones = one.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        var others = other.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        return ones.Count == 0 || others.Count == 0 || ones.Intersect(others, StringComparer.OrdinalIgnoreCase).Any();
    }

    private static string FeatureOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<FeatureMetadata>()?.Id ?? "of the kernel";
}
