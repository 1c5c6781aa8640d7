using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ELearning.Shells;

/// <summary>
/// What a tenant's container starts from: the host's singletons as the very same instances, everything else as it was
/// registered. Computed once and shared by all tenants.
/// </summary>
internal sealed class InheritedServices(IServiceCollection host)
{
    private ServiceDescriptor[]? _descriptors;

    public IServiceCollection Host => host;

    public ServiceDescriptor[] From(IServiceProvider root) => LazyInitializer.EnsureInitialized(ref _descriptors, () => Collect(root))!;

    private ServiceDescriptor[] Collect(IServiceProvider root)
    {
        var inherited = new List<ServiceDescriptor>();
        foreach (var group in host.Where(IsForTenants).GroupBy(d => (d.ServiceType, d.ServiceKey)))
        {
            var all = group.ToArray();
            // An open generic has no instance to share; what it is closed over is made in each tenant, cheaply.
            if (group.Key.ServiceType.IsGenericTypeDefinition || all.All(d => d.Lifetime != ServiceLifetime.Singleton))
            {
                inherited.AddRange(all);
                continue;
            }

            // As an instance, a singleton is never disposed by a tenant's container.
            var instances = (group.Key.ServiceKey is { } key
                ? root.GetKeyedServices(group.Key.ServiceType, key) : root.GetServices(group.Key.ServiceType)).ToArray();
            for (var i = 0; i < all.Length; i++)
                inherited.Add(all[i].Lifetime != ServiceLifetime.Singleton ? all[i]
                    : all[i].IsKeyedService ? new(all[i].ServiceType, all[i].ServiceKey, instances[i]!)
                    : new(all[i].ServiceType, instances[i]!));
        }
        return [.. inherited];
    }

    private static bool IsForTenants(ServiceDescriptor d) =>
        d.ServiceType != typeof(IStartupFilter) && d.ServiceType != typeof(IHostedService)
        && d.ServiceType.Namespace?.StartsWith("Microsoft.AspNetCore.Hosting", StringComparison.Ordinal) != true;
}
