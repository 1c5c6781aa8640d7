using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;

namespace ELearning;

/// <summary>Screens of several personas, for tests of the shell: no module's own pages, so that none of them can break these.</summary>
internal sealed class DeskFeature : IFeature
{
    public const string Count = "desk.count";
    public const string Sort = "desk.sort";

    public FeatureInfo Info { get; } = new("TestDesk", "Desk", "Tests", "Screens to go to.");

    public void Declare(FeatureBuilder f) => f
        .Permission(Count, "Desk", "Count the pencils")
        .Permission(Sort, "Desk", "Sort the papers")
        .Nav("learn.home", 1, "Window seat", "/search")
        .Nav("manage.reports", 10, "Pencils", "/test/desk/pencils", Count)
        .Nav("manage.reports", 20, "Papers", "/test/desk/papers", Sort)
        .Nav("manage.settings", 10, "Drawers", "/test/desk/drawers", Sort)
        .Nav(Areas.Account, 10, "My mug", "/test/desk/mug")
        .Search<DeskSearch>();

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        // To the kernel a page is whatever says so; there are no views in this assembly.
        var pages = routes.MapGroup("/test/desk").WithMetadata(new PageActionDescriptor());
        pages.MapGet("/pencils", () => "Twelve.").Requires(Count);
        pages.MapGet("/papers", () => "Sorted.").Requires(Sort);
        pages.MapGet("/drawers", () => "Open.").Requires(Sort);
        pages.MapGet("/mug", () => "Empty.").SignedIn();
        pages.MapGet("/broken", string () => throw new InvalidOperationException("The desk broke.")).Public("For the tests.");
        pages.MapGet("/status/{status:int}", (int status, int? seconds, HttpContext http) =>
        {
            http.Response.StatusCode = status;
            if (seconds is { } wait) http.Response.Headers.RetryAfter = $"{wait}";
        }).Public("For the tests.");
        routes.MapGet("/test/desk/data", string () => throw new InvalidOperationException("The desk broke.")).Public("For the tests.");
    }
}

internal sealed class DeskSearch : ISearchSource
{
    public Task<IReadOnlyList<SearchHit>> FindAsync(string text, int limit, CancellationToken ct) => Task.FromResult<IReadOnlyList<SearchHit>>(
        text.StartsWith("ink", StringComparison.OrdinalIgnoreCase) ? [new("Stationery", "Inkwell <full>", "in the second drawer", "/test/desk/drawers#ink")] : []);
}
