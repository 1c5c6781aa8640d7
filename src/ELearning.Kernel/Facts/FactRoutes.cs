using System.Collections.Frozen;
using ELearning.Shells;

namespace ELearning;

/// <summary>Which handlers a fact has in one tenant: those of the features in force.</summary>
internal sealed class FactRoutes
{
    private readonly FrozenDictionary<Type, Route> _routes;

    public FactRoutes(FeatureCatalog catalog, Tenant tenant)
    {
        var inForce = catalog.Closure(tenant.Features, tenant.IsPlatform);
        Handlers = inForce.SelectMany(feature => feature.Declared.Handlers).ToFrozenDictionary(handler => handler.Name);
        Jobs = inForce.SelectMany(feature => feature.Declared.Jobs).ToFrozenDictionary(job => job.Name);
        var handlers = Handlers.Values.ToLookup(handler => handler.Fact);
        _routes = catalog.Facts.Values.ToFrozenDictionary(fact => fact.Type, fact => new Route(fact, [.. handlers[fact.Type]]));
    }

    public FrozenDictionary<string, HandlerInfo> Handlers { get; }

    public FrozenDictionary<string, JobInfo> Jobs { get; }

    /// <summary>Jobs whose schedule wakes nobody.</summary>
    public IEnumerable<string> Patient => Jobs.Values.Where(job => job.Schedule is { IsWhenActive: true }).Select(job => job.Name);

    /// <summary>Whether what was held or waiting has been brought in line with these features.</summary>
    public bool Followed { get; set; }

    public Route Of(Type fact) => _routes.GetValueOrDefault(fact)
        ?? throw new InvalidOperationException($"No feature declares {fact.Name} as a fact. Add f.Fact<{fact.Name}>(...) to its Declare.");
}

internal sealed record Route(FactInfo Fact, HandlerInfo[] Handlers);
