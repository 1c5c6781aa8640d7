using System.Net;
using Microsoft.AspNetCore.Http;

namespace ELearning.Shells;

/// <summary>What a visitor sees where no tenant can answer. Plain HTML that needs no theme, since there may be none.</summary>
internal static class StatePages
{
    public static Task UnknownHostAsync(HttpContext http) =>
        WriteAsync(http, 404, "No site here", $"There is no site at {http.Request.Host.Host}. Check the address, or ask whoever gave it to you.");

    public static Task UnavailableAsync(HttpContext http, TenantUnavailableException unavailable)
    {
        if (unavailable.Failure is { } failure)
        {
            http.Response.Headers.RetryAfter = "30";
            return WriteAsync(http, 503, "This site could not start",
                $"Its data are as before, and it is tried again by itself. Tell your administrator this reference: {failure.Reference}.");
        }

        return unavailable.Tenant.State switch
        {
            TenantState.Suspended => WriteAsync(http, 503, "This site is suspended", unavailable.Tenant.Reason ?? "Its administrator can say more."),
            TenantState.Failed => WriteAsync(http, 503, "This site could not be brought up to date", "Its data are as before. Its administrator sees the reason."),
            TenantState.Archived => WriteAsync(http, 410, "This site is closed", "It has been archived."),
            _ => StartingAsync(http),
        };
    }

    private static Task StartingAsync(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "10";
        return WriteAsync(http, 503, "This site is being made ready", "Try again in a few seconds.");
    }

    private static Task WriteAsync(HttpContext http, int status, string title, string text) =>
        PlainPage.WriteAsync(http, status, title, $"<p>{WebUtility.HtmlEncode(text)}</p>");
}
