using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>A switch an administrator can turn on for a tenant, and everything that appears when it is on.</summary>
public interface IFeature
{
    FeatureInfo Info { get; }

    /// <summary>Runs once a process. All that an administrator sees of a feature comes from here.</summary>
    void Declare(FeatureBuilder f) { }

    /// <summary>Into the container of every tenant that has the feature on.</summary>
    void AddServices(IServiceCollection services) { }

    /// <summary>Once a process; the gate hides these from tenants that have the feature off.</summary>
    void MapEndpoints(IEndpointRouteBuilder routes) { }
}

/// <summary>What an administrator reads of a feature. Name, category and description are resource keys: the English text.</summary>
public sealed record FeatureInfo(string Id, string Name, string Category, string Description)
{
    public string[] DependsOn { get; init; } = [];

    public string[] ConflictsWith { get; init; } = [];

    /// <summary>An integration: on by itself when all of these are on, and never otherwise.</summary>
    public string[] OnWhenAll { get; init; } = [];

    public bool AlwaysOn { get; init; }

    /// <summary>For the platform's own tenant, <c>Default</c>, only.</summary>
    public bool PlatformOnly { get; init; }
}
