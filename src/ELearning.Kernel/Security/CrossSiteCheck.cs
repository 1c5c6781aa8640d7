using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ELearning.Security;

/// <summary>
/// Another site can make a browser send a request with our cookies, but not say that it comes from us. One check for
/// everything that may change something, so that no form and no endpoint can forget it.
/// </summary>
internal sealed class CrossSiteCheck(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        if (IsSafe(request.Method) || http.GetEndpoint()?.Metadata.GetMetadata<CrossSiteAllowed>() is not null || IsOurs(request)) return next(http);

        return Refusal.WriteAsync(
            http, StatusCodes.Status403Forbidden, "cross-site", "Sent from another site", "This was sent from a page of another site, so nothing was done.");
    }

    // "none" is what a browser says of an address typed in; nobody types a POST.
    private static bool IsOurs(HttpRequest request) =>
        request.Headers.TryGetValue("Sec-Fetch-Site", out var site) ? site == "same-origin"
        : request.Headers.TryGetValue("Origin", out var origin) ? string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
        : request.Headers.Cookie.Count == 0;

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
}

/// <summary>On an endpoint that other sites post to, such as an LTI launch. It must not rely on the session's cookie.</summary>
internal sealed record CrossSiteAllowed(string Reason);

public static class CrossSiteRoutes
{
    /// <param name="reason">Why other sites post here, and what proves who they are. A test lists all of these.</param>
    public static TBuilder AllowsCrossSite<TBuilder>(this TBuilder route, string reason) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new CrossSiteAllowed(reason));
}
