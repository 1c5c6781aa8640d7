using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Security;

/// <summary>Lets a request through to its endpoint, or says why not.</summary>
internal sealed class AccessMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var actor = http.RequestServices.GetRequiredService<Actor>();
        switch (http.GetEndpoint()?.Metadata.GetMetadata<AccessAttribute>())
        {
            case PublicAttribute:
                await next(http);
                return;
            case SignedInAttribute when actor.IsSignedIn:
                await next(http);
                return;
            case RequiresAttribute required when actor.IsSignedIn:
                await DecideAsync(http, actor, required);
                return;
            case not null:
                await AskToSignInAsync(http);
                return;
            // Nothing is there, or the framework's own answer: a wrong verb, a wrong content type.
            case null when http.GetEndpoint() is not RouteEndpoint:
                await next(http);
                return;
            default:
                throw new InvalidOperationException($"{http.GetEndpoint()!.DisplayName} says nothing about who may use it, and escaped the check at the start.");
        }
    }

    private async Task DecideAsync(HttpContext http, Actor actor, RequiresAttribute required)
    {
        if (ScopeOf(http, required) is not { } scope)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var decision = await http.RequestServices.GetRequiredService<Permissions>().DecideAsync(actor, required.Permission, scope, http.RequestAborted);
        if (decision.Allowed) await next(http);
        else await Refusal.WriteAsync(http, StatusCodes.Status403Forbidden, "not-allowed", "Not for you", http.RequestServices.GetRequiredService<FeaturesInForce>().Text(decision.Rule));
    }

    // An address whose id is no id names nothing.
    private static Scope? ScopeOf(HttpContext http, RequiresAttribute required) =>
        required.Kind is null ? Scope.Tenant
        : Guid.TryParse(http.GetRouteValue(required.RouteValue!) as string, out var id) ? new Scope(required.Kind, id)
        : null;

    private static Task AskToSignInAsync(HttpContext http)
    {
        if (Refusal.IsPage(http) && http.RequestServices.GetService<SignInPage>() is { Path: var path })
        {
            var back = http.Request.PathBase + http.Request.Path + (HttpMethods.IsGet(http.Request.Method) ? http.Request.QueryString.Value : "");
            http.Response.Redirect($"{http.Request.PathBase}{path}?returnUrl={Uri.EscapeDataString(back)}");
            return Task.CompletedTask;
        }

        return Refusal.WriteAsync(http, StatusCodes.Status401Unauthorized, "not-signed-in", "Please sign in", "This needs to know who you are.");
    }
}

/// <summary>Where people sign in; the feature that has such a page registers it. Without one, a protected page answers 401.</summary>
public sealed record SignInPage(string Path)
{
    /// <summary>Where a new account is made, when this site lets everybody have one.</summary>
    public string? SignUp { get; init; }

    /// <summary>Where the form that ends a session is sent.</summary>
    public string? SignOut { get; init; }
}

/// <summary>Says no with a reason: a page where a page was asked for, else problem+json.</summary>
internal static class Refusal
{
    public static bool IsPage(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null;

    public static Task WriteAsync(HttpContext http, int status, string code, string title, string reason) => IsPage(http)
        ? new ErrorPage(status, title, reason) { Reason = status == StatusCodes.Status403Forbidden ? reason : null }.WriteAsync(http)
        : new Problem(status, code, title) { Detail = reason }.ExecuteAsync(http);
}
