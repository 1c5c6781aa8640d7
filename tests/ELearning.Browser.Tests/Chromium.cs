using System.Text;
using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;

namespace ELearning;

[CollectionDefinition(nameof(Chromium))]
public sealed class Journeys : ICollectionFixture<Chromium>;

/// <summary>The demo as a visitor finds it, and one browser for all journeys. Leaves its pictures in artifacts/shots.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Switches =
    [
        "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--no-first-run", "--host-resolver-rules=MAP *.localhost 127.0.0.1",
    ];

    private readonly string _shots = Path.Combine(Root(), "artifacts", "shots");
    private IPlaywright _playwright = null!; // started before the first journey
    private IBrowser _browser = null!;

    public TestHost Host { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_shots);
        foreach (var old in Directory.GetFiles(_shots)) File.Delete(old);
        Host = await TestHost.StartAsync("Sqlite", options: options => options with { Demo = true, PlatformRecipe = "platform" });
        var made = await Host.Services.GetRequiredService<SetUpTenant>().RunAsync(new("Hello", "Hello") { Hosts = ["hello.localhost"] }, "hello", "test", default);
        Assert.Null(made.Refusal);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named ? named : "/usr/bin/chromium",
            Args = Switches,
        });
    }

    /// <summary>Somebody with a screen of their own: other cookies, other wishes.</summary>
    public async Task<Visitor> VisitAsync(string host, View? view = null, TestHost? at = null)
    {
        view ??= View.Desk;
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = $"http://{host}:{(at ?? Host).Address.Port}",
            ViewportSize = new() { Width = view.Width, Height = 800 },
            ColorScheme = view.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = view.RunsScripts,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = view.Locale,
        });
        context.SetDefaultTimeout(10_000);
        return new(context, await context.NewPageAsync(), view, _shots);
    }

    public async Task<string> SiteAsync(string[] features, string culture = "en", string title = "Evening School")
    {
        var name = $"t{Guid.NewGuid().ToString("N")[..12]}";
        var made = await Host.Services.GetRequiredService<CreateTenant>().RunAsync(
            new(name, title) { Hosts = [$"{name}.localhost"], Features = features, Culture = culture }, default);
        Assert.Null(made.Refusal);
        return $"{name}.localhost";
    }

    internal async Task ChangeAsync(string host, Func<Tenant, Tenant> change)
    {
        var tenants = Host.Services.GetRequiredService<Tenants>();
        var tenant = Host.Shells.Table.Slots.Select(slot => slot.Tenant).Single(tenant => tenant.Hosts.Contains(host));
        await tenants.SaveAsync(tenants.OpenPlatform(), change(tenant), default);
        await Host.Shells.RefreshAsync(default);
    }

    /// <summary>Runs something with the services of the tenant at this host name; of the platform's, when null.</summary>
    internal async Task RunAsync(string? host, Func<IServiceProvider, Task> work)
    {
        var slot = Host.Shells.Table.Slots.Single(slot => host is null ? slot.Tenant.IsPlatform : slot.Tenant.Hosts.Contains(host));
        await using var lease = await Host.Shells.LeaseAsync(slot, default);
        await using var scope = lease.OpenScope();
        await work(scope.Services);
    }

    /// <summary>All pages on one picture: in artifacts always, in docs when it looks otherwise than the one there.</summary>
    internal async Task WriteAsync(IReadOnlyList<(string Path, byte[][] Shots)> rows, int[] widths)
    {
        var html = new StringBuilder("<!doctype html><meta charset=utf-8><title>All pages</title><style>body{font:12px sans-serif;margin:12px;width:1256px}h2{font-size:12px;margin:10px 0 4px}"
            + "div{display:flex;gap:8px}img{height:225px;border:1px solid #999;box-sizing:border-box}</style>");
        foreach (var (path, shots) in rows)
        {
            html.Append("<h2>").Append(System.Net.WebUtility.HtmlEncode(path)).Append("</h2><div>");
            for (var i = 0; i < shots.Length; i++)
                html.Append("<img width=").Append(widths[i]).Append(" src=\"data:image/jpeg;base64,").Append(Convert.ToBase64String(shots[i])).Append("\" alt=\"\">");
            html.Append("</div>");
        }
        var page = await _browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        var file = Path.Combine(Root(), "artifacts", "contact-sheet.html");
        await File.WriteAllTextAsync(file, html.ToString());
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        var sheet = await page.ScreenshotAsync(new() { FullPage = true, Type = ScreenshotType.Jpeg, Quality = 45 });
        await File.WriteAllBytesAsync(Path.Combine(Root(), "artifacts", "contact-sheet.jpg"), sheet);

        var kept = Path.Combine(Root(), "docs", "contact-sheet.jpg");
        if (File.Exists(kept) && !await LooksOtherwiseAsync(page, await File.ReadAllBytesAsync(kept), sheet)) return;
        await File.WriteAllBytesAsync(kept, sheet);
    }

    // Times, names of test sites and a pixel of rounding are no change; another page, layout or colour is.
    private static Task<bool> LooksOtherwiseAsync(IPage page, byte[] before, byte[] after) => page.EvaluateAsync<bool>("""
        async images => {
          const [one, other] = await Promise.all(images.map(async data => createImageBitmap(await (await fetch(`data:image/jpeg;base64,${data}`)).blob())));
          if (Math.abs(one.height - other.height) > 8) return true;
          const [width, height] = [160, Math.round(one.height / 8)];
          const [a, b] = [one, other].map(image => {
            const canvas = new OffscreenCanvas(width, height).getContext('2d');
            canvas.drawImage(image, 0, 0, width, height);
            return canvas.getImageData(0, 0, width, height).data;
          });
          let changed = 0;
          for (let i = 0; i < a.length; i += 4) if (Math.abs(a[i] - b[i]) + Math.abs(a[i + 1] - b[i + 1]) + Math.abs(a[i + 2] - b[i + 2]) > 60) changed++;
          return changed > a.length / 4 * 0.005;
        }
        """, new[] { Convert.ToBase64String(before), Convert.ToBase64String(after) });

    public async Task DisposeAsync()
    {
        await WriteContactSheetAsync();
        await _browser.CloseAsync();
        _playwright.Dispose();
        await Host.DisposeAsync();
    }

    private async Task WriteContactSheetAsync()
    {
        var html = new StringBuilder("<!doctype html><meta charset=utf-8><title>Shots</title><style>body{font:14px sans-serif;display:flex;flex-wrap:wrap;gap:16px;align-items:start}"
            + "figure{margin:0}img{inline-size:300px;border:1px solid #999}figcaption{inline-size:300px}</style>");
        foreach (var shot in Directory.GetFiles(_shots, "*.png").Select(Path.GetFileName).Order(StringComparer.Ordinal))
            html.Append("<figure><img src=\"").Append(shot).Append("\" alt=\"\"><figcaption>").Append(shot).Append("</figcaption></figure>");
        var sheet = Path.Combine(_shots, "index.html");
        await File.WriteAllTextAsync(sheet, html.ToString());
        var page = await _browser.NewPageAsync(new() { ViewportSize = new() { Width = 1300, Height = 900 } });
        await page.GotoAsync(new Uri(sheet).AbsoluteUri);
        await page.ScreenshotAsync(new() { Path = Path.Combine(_shots, "contact-sheet.png"), FullPage = true });
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ELearning.sln"))) folder = folder.Parent!; // the tests run inside the repository
        return folder.FullName;
    }
}

/// <summary>How somebody looks at a page.</summary>
public sealed record View(int Width, bool IsDark = false, bool RunsScripts = true, string Locale = "en-GB")
{
    public static readonly View Desk = new(1280);

    public static readonly View[] All = [Desk, new(1280, IsDark: true), new(360), new(360, IsDark: true)];

    public override string ToString() => $"{Width}-{(IsDark ? "dark" : "light")}{(RunsScripts ? "" : "-noscript")}{(Locale == "en-GB" ? "" : $"-{Locale}")}";
}
