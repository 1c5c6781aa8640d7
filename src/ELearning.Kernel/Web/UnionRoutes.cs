using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Web;

/// <summary>
/// Minimal APIs ask, when they are mapped, which parameters are services. That happens once and at the host, which knows
/// no tenant's services: so the answer comes from the union of what all features register.
/// </summary>
internal sealed class UnionRoutes(IEndpointRouteBuilder inner, IServiceCollection union) : IEndpointRouteBuilder
{
    public IServiceProvider ServiceProvider { get; } = new UnionServices(inner.ServiceProvider, union);

    public ICollection<EndpointDataSource> DataSources => inner.DataSources;

    public IApplicationBuilder CreateApplicationBuilder() => inner.CreateApplicationBuilder();

    private sealed class UnionServices(IServiceProvider host, IServiceCollection union) : IServiceProvider, IServiceProviderIsKeyedService
    {
        private readonly HashSet<Type> _types = [.. union.Select(d => d.ServiceType)];
        private readonly IServiceProviderIsService _host = host.GetRequiredService<IServiceProviderIsService>();

        public object? GetService(Type serviceType) =>
            serviceType == typeof(IServiceProviderIsService) || serviceType == typeof(IServiceProviderIsKeyedService) ? this : host.GetService(serviceType);

        public bool IsService(Type serviceType) => _types.Contains(serviceType) || _host.IsService(serviceType);

        public bool IsKeyedService(Type serviceType, object? serviceKey) => false;
    }
}
