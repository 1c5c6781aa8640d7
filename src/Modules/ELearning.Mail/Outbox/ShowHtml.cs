using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ELearning.Mail.Outbox;

/// <summary>
/// The HTML part for the frame on the letter's page. It is ours, but what it says may be anybody's: it runs nothing, loads
/// nothing and has no origin, in that frame and when it is opened by itself.
/// </summary>
internal static class ShowHtml
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        + "sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'";

    public static async Task<Results<ContentHttpResult, NotFound>> HandleAsync(Guid id, LetterStore store, KernelOptions host, HttpContext http, CancellationToken ct)
    {
        if (await store.BodyAsync(id, ct) is not { Html.Length: > 0 } body || body.IsMasked(host)) return TypedResults.NotFound();
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Content(body.Html, "text/html; charset=utf-8");
    }
}
