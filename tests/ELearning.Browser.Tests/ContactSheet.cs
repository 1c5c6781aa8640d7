using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using ELearning.Shells;
using ELearning.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace ELearning;

/// <summary>
/// Every page that can be opened by its address, found in the table of routes, so that nobody has to remember to add one:
/// accessible in light and dark, nothing to scroll sideways on a phone or from right to left. Their pictures make up
/// docs/contact-sheet.jpg, which is written anew when it has changed visibly.
/// </summary>
[Collection(nameof(Chromium))]
public sealed partial class ContactSheet(Chromium chromium)
{
    private static readonly (string Name, int Width, int Height, ColorScheme Scheme, bool RightToLeft)[] Views =
    [
        ("light", 1280, 900, ColorScheme.Light, false), ("dark", 1280, 900, ColorScheme.Dark, false), ("rtl", 1280, 900, ColorScheme.Light, true),
        ("phone", 360, 640, ColorScheme.Light, false), ("phone-dark", 360, 640, ColorScheme.Dark, false),
    ];

    private readonly List<string> _wrong = [];
    private readonly List<(string Path, byte[][] Shots)> _rows = [];

    [Fact]
    public async Task Every_page_is_readable_in_every_view_and_on_the_contact_sheet()
    {
        var features = Services<FeatureCatalog>().All.Where(feature => !feature.Info.PlatformOnly && Modules.All.Any(known => known.Info.Id == feature.Id)).Select(feature => feature.Id);
        var host = await chromium.SiteAsync([.. features, "TestAccounts"], title: "Northfield College");
        await chromium.ChangeAsync(host, tenant => tenant with { Theme = "Campus" });
        await PhotographAsync(host, platform: false);

        Assert.Null(await Services<SwitchFeatures>().EnableAsync(Tenant.Default, ["TestAccounts"], default));
        await PhotographAsync("localhost", platform: true);

        await chromium.WriteAsync(_rows, [.. Views.Select(view => view.Width * 225 / view.Height)]);
        Assert.True(_wrong.Count == 0, string.Join(Environment.NewLine, _wrong));
        Assert.True(_rows.Count > 10, $"Only {_rows.Count} pages were found.");
    }

    private async Task PhotographAsync(string host, bool platform)
    {
        var ann = Guid.CreateVersion7();
        await chromium.RunAsync(platform ? null : host, async services =>
        {
            await services.GetRequiredService<Data.Db>().ExecuteAsync($"INSERT INTO people (id, display_name, sort_name) VALUES ({ann}, 'Ann Example', 'example ann')");
            await services.GetRequiredService<Roles>().AssignAsync(ann, Roles.Administrator, Scope.Tenant, default);
        });
        await using var visitor = await chromium.VisitAsync(host);
        await using var admin = await chromium.VisitAsync(host);
        await admin.OpenAsync("/");
        await admin.Page.EvaluateAsync(
            "person => fetch('/test/sign-in', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ person }) })", ann.ToString());

        var name = platform ? "" : host[..host.IndexOf('.')];
        foreach (var (path, isPublic) in Pages(platform, ann, name)) await PhotographAsync(isPublic ? visitor : admin, path, platform);
    }

    private async Task PhotographAsync(Visitor visitor, string path, bool platform)
    {
        var page = visitor.Page;
        await page.SetViewportSizeAsync(1280, 900);
        var answer = await visitor.OpenAsync(path);
        Assert.True(answer.Status < 500, $"{path} answered {answer.Status}");
        // Of an id that there is not, or a link that has been used, there is no page to look at.
        if (answer.Status >= 400 || new Uri(page.Url).AbsolutePath != path) return;

        var shots = new byte[Views.Length][];
        for (var i = 0; i < Views.Length; i++)
        {
            var view = Views[i];
            await page.SetViewportSizeAsync(view.Width, view.Height);
            await page.EmulateMediaAsync(new() { ColorScheme = view.Scheme, ReducedMotion = ReducedMotion.Reduce });
            await page.EvaluateAsync("rtl => { document.documentElement.dir = rtl ? 'rtl' : 'ltr' }", view.RightToLeft);
            shots[i] = await page.ScreenshotAsync(new() { Type = ScreenshotType.Jpeg, Quality = 70 });
            if (view is { Width: 1280, RightToLeft: false })
                _wrong.AddRange((await page.RunAxe()).Violations.Select(v => $"{path} {view.Name}: {v.Id}: {string.Join(" | ", v.Nodes.Select(node => node.Html))}"));
            if (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") is > 0 and var wide)
                _wrong.Add($"{path} {view.Name} is {wide} px too wide.");
        }
        _rows.Add((platform ? $"platform: {path}" : path, shots));
    }

    private IEnumerable<(string Path, bool IsPublic)> Pages(bool platform, Guid person, string tenant) =>
        from endpoint in Services<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        where endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null
        let feature = Services<FeatureCatalog>().Find(endpoint.Metadata.GetMetadata<FeatureMetadata>()!.Id)!
        // What both have is looked at once.
        where Modules.All.Any(known => known.Info.Id == feature.Id) && feature.Info.PlatformOnly == platform
        let path = "/" + RouteValue().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), value => ValueOf(value.Value, person, tenant))
        orderby path
        select (path, endpoint.Metadata.GetMetadata<PublicAttribute>() is not null);

    private static string ValueOf(string value, Guid person, string tenant) => value switch
    {
        _ when value.Contains("feature", StringComparison.Ordinal) => "Hello",
        _ when value.Contains("name", StringComparison.Ordinal) => tenant == "" ? "Default" : "hello",
        _ when value.Contains("tenant", StringComparison.Ordinal) => "Default",
        _ => person.ToString(),
    };

    private T Services<T>() where T : notnull => chromium.Host.Services.GetRequiredService<T>();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex RouteValue();
}
