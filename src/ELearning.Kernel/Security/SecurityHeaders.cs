using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace ELearning.Security;

/// <summary>What a browser is told not to do with our answers. Written when an answer starts, so that errors have them too.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    // No inline script or style anywhere, hence no nonces. Images may be data: URLs, which scripts cannot run from.
    private const string Content = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors ";

    public Task InvokeAsync(HttpContext http)
    {
        http.Response.OnStarting(static state => WriteAsync((HttpContext)state), http);
        return next(http);
    }

    private static Task WriteAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        var framing = http.Features.Get<Framing>();
        var ancestors = framing is null ? "'self'" : $"'self' {string.Join(' ', framing.Origins)}";
        headers.ContentSecurityPolicy = headers.ContentSecurityPolicy is [{ } own]
            ? own.Replace("frame-ancestors 'self'", $"frame-ancestors {ancestors}", StringComparison.Ordinal)
            : Content + ancestors;
        headers.XContentTypeOptions = "nosniff";
        // Players of other sites refuse to play when they are not told which site they are shown on.
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (framing is null) headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (http.Request.IsHttps && !IsLoopback(http.Request.Host.Host)) headers.StrictTransportSecurity = "max-age=31536000";
        return Task.CompletedTask;
    }

    // A browser would remember it for every other program on this machine.
    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
}

/// <summary>Who may show the pages of this request's session in a frame, besides ourselves.</summary>
internal sealed partial record Framing(string[] Origins)
{
    /// <summary>An origin as a header takes it. Anything more than scheme, host and port could smuggle in another rule.</summary>
    public static string Origin(string origin) =>
        Form().IsMatch(origin) ? origin : throw new ArgumentException($"\"{origin}\" is no origin: scheme, host and port are expected.");

    [GeneratedRegex(@"^https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?\z", RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
