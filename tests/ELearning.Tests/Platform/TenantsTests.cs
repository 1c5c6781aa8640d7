using System.Net;
using System.Text.RegularExpressions;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Platform;

/// <summary>The platform's table of tenants, and the figures in it.</summary>
public sealed partial class TenantsTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task An_active_tenant_tells_its_figures_and_is_listed_asleep(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");
        await using var asleep = await TestSite.StartAsync(site.Host, "Hello");
        await site.PersonAsync("Ada");
        await site.PersonAsync("Ben");
        await site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync(
            $"INSERT INTO greetings (id, name, text, left_at) VALUES ({Guid.NewGuid()}, 'Ada', 'Hello', {DateTimeOffset.UtcNow})"));
        await site.Browser.GetStringAsync("/hello");

        // What the sweep of every minute does.
        await site.Host.Shells.WriteFiguresAsync(default);
        await EvictAsync(site);

        await using var platform = await TestSite.PlatformAsync(site.Host);
        await platform.SignInAsync();
        var page = await platform.Browser.GetStringAsync($"/platform/tenants?q={site.Name}");
        var cells = Cells().Matches(page).ToDictionary(cell => cell.Groups[1].Value, cell => cell.Groups[2].Value);
        Assert.Equal("2", cells["People"]);
        Assert.Equal("1", cells["Greetings"]);
        Assert.Contains("(UTC)", cells["Last request"]);
        Assert.Null(site.Host.Shells.Table.Find(site.Name)!.Current);

        // One that nobody has visited shows nothing and is not woken either.
        var other = await platform.Browser.GetStringAsync($"/platform/tenants?q={asleep.Name}");
        Assert.Contains(">never<", other);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task An_evicted_tenant_has_told_its_figures_before(string database)
    {
        await using var host = await TestHost.StartAsync(database);
        await using var site = await TestSite.StartAsync(host);
        await site.PersonAsync("Ada");
        await site.Browser.GetAsync("/");

        await EvictAsync(site);

        Assert.Equal(1, await host.Services.GetRequiredService<PlatformDb>().Open().FirstAsync<long?>($"SELECT people FROM tenants WHERE id = {site.Tenant.Id}"));
        Assert.True(await host.Services.GetRequiredService<PlatformDb>().Open().FirstAsync<long?>($"SELECT last_request FROM tenants WHERE id = {site.Tenant.Id}") > 0);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Figures_are_not_counted_again_while_nobody_was_there(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        await site.Browser.GetAsync("/");
        var shell = site.Host.Shells.Table.Find(site.Name)!.Current!;

        // The request and the pump let go of it in their own time. If counting were a use of it, this would never come true.
        for (var i = 0; i < 500 && shell.CountedAt != shell.LastUsed; i++)
        {
            await site.Host.Shells.WriteFiguresAsync(default);
            await Task.Delay(10);
        }

        Assert.Equal(shell.LastUsed, shell.CountedAt);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Hundreds_of_tenants_are_paged_in_every_order_at_the_same_cost(string database)
    {
        var host = await TestHost.SharedAsync(database);
        await using var platform = await TestSite.PlatformAsync(host);
        await platform.SignInAsync();
        // Only rows: the table activates none, so none needs a database.
        var mark = $"z{Guid.NewGuid().ToString("N")[..8]}";
        await RowsAsync(host, mark, 120);

        foreach (var sort in Enum.GetValues<TenantSort>())
        {
            var seen = new List<string>();
            for (var next = $"/platform/tenants?q={mark}&sort={sort}"; next is not null;)
            {
                using var answer = await platform.Browser.GetAsync(next);
                // The session; the page; its figures; the counts. None of the tenants.
                Assert.InRange(TestSite.Statements(answer), 4, 6);
                var html = await answer.Content.ReadAsStringAsync();
                seen.AddRange(Names().Matches(html).Select(name => name.Groups[1].Value));
                next = Next().Match(html) is { Success: true } link ? WebUtility.HtmlDecode(link.Groups[1].Value) : null;
            }
            Assert.Equal(120, seen.Count);
            Assert.Equal(120, seen.Distinct().Count());
            var first = sort == TenantSort.Name ? $"{mark}-0" : $"{mark}-119";
            Assert.Equal(first, seen[0]);
        }

        var suspended = await platform.Browser.GetStringAsync($"/platform/tenants?q={mark}&state=Suspended");
        Assert.Equal(12, Names().Count(suspended));
        var academies = await platform.Browser.GetStringAsync($"/platform/tenants?q={mark}&recipe=academy&state=Suspended");
        Assert.Equal(6, Names().Count(academies));
        Assert.Contains("No tenant is like that", await platform.Browser.GetStringAsync($"/platform/tenants?q={mark}%25&state=Suspended"));
        Assert.DoesNotContain(host.Shells.Active, shell => shell.Tenant.Name.StartsWith(mark, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_desk_is_for_site_admins_only(string database)
    {
        await using var platform = await TestSite.PlatformAsync(database);
        Assert.NotEqual(HttpStatusCode.OK, (await platform.Browser.GetAsync("/platform/tenants")).StatusCode);

        await platform.SignInAsync("Ben", Roles.Learner);
        Assert.Equal(HttpStatusCode.Forbidden, (await platform.Browser.GetAsync("/platform/tenants")).StatusCode);
    }

    internal static async Task RowsAsync(TestHost host, string mark, int count)
    {
        var db = host.Services.GetRequiredService<PlatformDb>().Open();
        for (var i = 0; i < count; i++)
        {
            var (id, name) = (Guid.CreateVersion7(), $"{mark}-{i}");
            await host.Services.GetRequiredService<Shells.Tenants>().AddAsync(
                new(id, name, Tenant.NewKey(name, id), $"{mark} {i:000}", i % 10 == 3 ? TenantState.Suspended : TenantState.Running, null, [], name, [], "Base", "UTC", "en", 0, 0), default);
            await db.ExecuteAsync($"UPDATE tenants SET people = {i}, storage = {i * 1000L}, last_request = {i}, recipe = {(i % 20 == 3 ? "academy" : "blank")} WHERE id = {id}");
        }
    }

    // A request or the pump may hold it for a moment longer.
    private static async Task EvictAsync(TestSite site)
    {
        for (var i = 0; i < 500 && site.Host.Shells.Table.Find(site.Name)!.Current is not null; i++)
        {
            await site.Host.Shells.EvictAsync(TimeSpan.Zero, keep: 0);
            await Task.Delay(10);
        }
    }

    [GeneratedRegex("data-label=\"([^\"]+)\"[^>]*>([^<]*)<")]
    private static partial Regex Cells();

    [GeneratedRegex("href=\"/platform/tenants/([^\"]+)\" dir=\"auto\"")]
    private static partial Regex Names();

    [GeneratedRegex("class=\"button push\" href=\"([^\"]+)\"")]
    private static partial Regex Next();
}
