using ELearning.Shells;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;

namespace ELearning.Web;

/// <summary>Which feature an endpoint, page or view component belongs to.</summary>
internal sealed record FeatureMetadata(string Id);

/// <summary>
/// One endpoint table for the whole process; this takes out of it what the request's tenant has not switched on. It
/// branches the matcher before HTTP methods and content types are looked at: their 405 and 415 answers are made up by the
/// framework and carry no feature, so afterwards one could not tell that nothing is there.
/// </summary>
internal sealed class FeatureGate : MatcherPolicy, INodeBuilderPolicy
{
    // Every branch is built beforehand, so their number must stay small; in practice one path belongs to one or two features.
    private const int MostFeaturesOnOnePath = 6;

    public override int Order => -2000;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(endpoint => endpoint.Metadata.GetMetadata<FeatureMetadata>() is not null);

    public IReadOnlyList<PolicyNodeEdge> GetEdges(IReadOnlyList<Endpoint> endpoints)
    {
        var features = endpoints.Select(FeatureOf).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToArray();
        if (features.Length > MostFeaturesOnOnePath)
            throw new FeatureException($"More than {MostFeaturesOnOnePath} features answer on one path: {string.Join(", ", features)}.");

        var edges = new List<PolicyNodeEdge>();
        for (var mask = 0; mask < 1 << features.Length; mask++)
        {
            var on = new Switches(features, mask);
            edges.Add(new(on, [.. endpoints.Where(endpoint => FeatureOf(endpoint) is not { } feature || on.Has(feature))]));
        }
        return edges;
    }

    public PolicyJumpTable BuildJumpTable(int exitDestination, IReadOnlyList<PolicyJumpTableEdge> edges)
    {
        var features = ((Switches)edges[0].State).Features;
        var destinations = new int[1 << features.Length];
        Array.Fill(destinations, exitDestination);
        foreach (var edge in edges) destinations[((Switches)edge.State).Mask] = edge.Destination;
        return new Table(features, destinations);
    }

    private static string? FeatureOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<FeatureMetadata>()?.Id;

    private sealed record Switches(string[] Features, int Mask)
    {
        public bool Has(string feature) => (Mask & 1 << Array.IndexOf(Features, feature)) != 0;

        public bool Equals(Switches? other) => other is not null && Mask == other.Mask && Features.SequenceEqual(other.Features);

        public override int GetHashCode() => Mask;
    }

    private sealed class Table(string[] features, int[] destinations) : PolicyJumpTable
    {
        public override int GetDestination(HttpContext httpContext)
        {
            var shell = httpContext.Shell();
            var mask = 0;
            for (var i = 0; i < features.Length; i++)
                if (shell is not null && shell.Has(features[i])) mask |= 1 << i;
            return destinations[mask];
        }
    }
}

/// <summary>Links are made only to what the tenant has. The endpoints stay the same objects: new ones would fill the link generator's cache for ever.</summary>
internal sealed class GatedAddresses<TAddress>(IEndpointAddressScheme<TAddress> inner) : IEndpointAddressScheme<TAddress>
{
    public IEnumerable<Endpoint> FindEndpoints(TAddress address) => inner.FindEndpoints(address)
        .Where(endpoint => endpoint.Metadata.GetMetadata<FeatureMetadata>() is not { } feature || Shell.CurrentOrNone?.Has(feature.Id) == true);
}
