using System.Globalization;
using ELearning.Settings;
using ELearning.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning.Shells;

/// <summary>Finds the tenant of a request, leases its shell and lets everything after it run with the tenant's services.</summary>
internal sealed class TenantMiddleware(RequestDelegate next, ShellHost shells, TimeProvider clock, ILogger<TenantMiddleware> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (shells.Table.Match(http.Request.Host.Host, http.Request.Path, out var prefix) is not { } slot)
        {
            await StatePages.UnknownHostAsync(http);
            return;
        }

        ShellLease lease;
        try
        {
            lease = await shells.LeaseAsync(slot, http.RequestAborted);
        }
        catch (TenantUnavailableException unavailable)
        {
            await StatePages.UnavailableAsync(http, unavailable);
            return;
        }

        await using (lease)
        {
            var shell = lease.Shell;
            shell.LastRequest = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var host = http.Features.Get<IServiceProvidersFeature>();
            await using var scope = shell.CreateScope();
            using var current = shell.Enter();
            using var logged = log.BeginScope(new Dictionary<string, object> { ["Tenant"] = shell.Tenant.Name });
            http.Features.Set<IServiceProvidersFeature>(new TenantServices(scope.ServiceProvider));
            http.Features.Set(shell);
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Languages.Choose(http, shell.Tenant.Culture);
            if (prefix.HasValue)
            {
                http.Request.PathBase = http.Request.PathBase.Add(prefix);
                http.Request.Path = http.Request.Path.Value![prefix.Value!.Length..];
            }
            if (http.Request.Path.Value is "/" or "" && scope.ServiceProvider.GetRequiredService<SiteSettings>().HomeRoute is { Length: > 0 } home)
                http.Request.Path = home;
            try
            {
                await next(http);
            }
            finally
            {
                http.Features.Set(host);
            }
        }
    }

    private sealed class TenantServices(IServiceProvider services) : IServiceProvidersFeature
    {
        public IServiceProvider RequestServices { get; set; } = services;
    }
}

internal static class ShellRequests
{
    /// <summary>The shell that serves this request; null before a tenant was found.</summary>
    public static Shell? Shell(this HttpContext http) => http.Features.Get<Shell>();
}
