using System.Globalization;
using System.Security.Claims;
using ELearning.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning.Security;

/// <summary>Says who acts in this request.</summary>
internal sealed class SessionMiddleware(RequestDelegate next, ILogger<SessionMiddleware> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var services = http.RequestServices;
        if (await services.GetRequiredService<Sessions>().ReadAsync(http, http.RequestAborted) is not var (actor, framing, preview))
        {
            services.GetRequiredService<CurrentActor>().Set(Actor.Nobody);
            await next(http);
            return;
        }

        services.GetRequiredService<CurrentActor>().Set(actor);
        if (actor.Culture is { } spoken && Languages.Known(spoken) is { } culture) CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
        // Not for authorisation: antiforgery binds its tokens to this name.
        http.User = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, actor.Id.ToString())], "session"));
        if (preview is not null) http.Features.Set(preview);
        if (framing.Length > 0) http.Features.Set(new Framing(framing));
        using (log.BeginScope(new KeyValuePair<string, object>[] { new("Actor", actor.Id) })) await next(http);
    }
}

internal static class SecurityPipeline
{
    /// <summary>After routing, in the tenant's pipeline.</summary>
    public static IApplicationBuilder UseSessions(this IApplicationBuilder app) => app.UseMiddleware<SessionMiddleware>();

    /// <summary>After the session.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) => app.UseMiddleware<AccessMiddleware>();

    /// <summary>After routing, before the session: a refused request costs no statement.</summary>
    public static IApplicationBuilder UseCrossSiteCheck(this IApplicationBuilder app) => app.UseMiddleware<CrossSiteCheck>();

    /// <summary>First of all after errors, so that every answer of the host has them.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.UseMiddleware<SecurityHeaders>();
}
