using System.Net;
using ELearning.Shells;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning;

/// <summary>What a visitor is told when a page cannot be shown. Drawn by the theme's view <c>Error</c>; where that cannot be, by <see cref="PlainPage"/>.</summary>
/// <param name="Title">A resource key of <see cref="KernelTexts"/>, as <paramref name="Text"/>.</param>
public sealed record ErrorPage(int Status, string Title, string Text)
{
    /// <summary>Which rule decided, said in the reader's language.</summary>
    public string? Reason { get; init; }

    /// <summary>What went wrong, in development only.</summary>
    public string? Trace { get; init; }

    /// <summary>After so many seconds it may be tried again.</summary>
    public int? RetryAfter { get; init; }

    public string Reference { get; init; } = "";

    internal async Task WriteAsync(HttpContext http)
    {
        var page = this with
        {
            Reference = ELearning.Reference.Of(http),
            RetryAfter = int.TryParse(http.Response.Headers.RetryAfter, out var seconds) ? seconds : null,
        };
        http.Response.StatusCode = Status;
        if (await page.DrawAsync(http) is not { } html)
        {
            var trace = Trace is null ? "" : $"<pre>{WebUtility.HtmlEncode(Trace)}</pre>";
            await PlainPage.WriteAsync(http, Status, Title, $"<p>{WebUtility.HtmlEncode(Reason ?? Text)}</p><p>Reference: <code>{page.Reference}</code></p>{trace}");
            return;
        }

        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsync(html, http.RequestAborted);
    }

    /// <returns>Null when there is no tenant, or when what is broken is needed to draw a page too.</returns>
    private async Task<string?> DrawAsync(HttpContext http)
    {
        if (http.Shell() is null) return null;
        try
        {
            var services = http.RequestServices;
            var action = new ActionContext(http, new RouteData(), new ActionDescriptor());
            var found = services.GetRequiredService<IRazorViewEngine>().FindView(action, "Error", isMainPage: true);
            if (!found.Success) return null;

            await using var html = new StringWriter();
            var data = new ViewDataDictionary<ErrorPage>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = this };
            var notes = services.GetRequiredService<ITempDataDictionaryFactory>().GetTempData(http);
            await found.View.RenderAsync(new(action, found.View, data, notes, html, new HtmlHelperOptions()));
            return html.ToString();
        }
        catch (Exception error)
        {
            // What stopped the page may stop this one too, a database that is gone, say. The first error is in the log already.
            http.RequestServices.GetRequiredService<ILogger<ErrorPage>>().LogWarning(error, "The theme cannot show the page for {Status}", Status);
            return null;
        }
    }
}
