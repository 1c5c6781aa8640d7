using System.Globalization;
using System.Net;
using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>The platform's table of a thousand tenants, and a tenant by recipe with a thousand there already.</summary>
internal static class TenantDesk
{
    private const int Count = 1000;

    public static async Task ListAsync(Bench bench)
    {
        foreach (var database in new[] { "Sqlite", "Postgres" })
        {
            var name = $"tenants.{database.ToLowerInvariant()}";
            // Statements are counted by the watched host; they cost it a header.
            await using var host = await TestHost.StartAsync(database);
            await MakeRowsAsync(host);
            await using var platform = await TestSite.PlatformAsync(host);
            await platform.SignInAsync();
            string[] pages = ["/platform/tenants", "/platform/tenants?sort=People", "/platform/tenants?sort=Name&state=Running", "/platform/tenants?q=school+77", "/platform/tenants?recipe=academy&sort=Storage"];
            foreach (var page in pages) await GetAsync(platform, page);

            var statements = 0;
            var (_, times) = await Bench.LoadAsync(8, TimeSpan.FromSeconds(bench.IsLong ? 20 : 5), async worker =>
            {
                var sent = await GetAsync(platform, pages[Random.Shared.Next(pages.Length)]);
                statements = Math.Max(statements, sent);
            });
            bench.Percentiles(name, times);
            bench.Figure($"{name}.statements", statements, "at most");
            bench.Figure($"{name}.activated", host.Shells.Active.Count(shell => !shell.Tenant.IsPlatform), "tenants");
        }
    }

    public static async Task CreateAsync(Bench bench)
    {
        foreach (var database in new[] { "Sqlite", "Postgres" })
        {
            await using var host = await TestHost.StartAsync(database, watched: false);
            await MakeRowsAsync(host);
            var setUp = host.Services.GetRequiredService<SetUpTenant>();
            bench.Percentiles($"tenant-create.academy.{database.ToLowerInvariant()}", await Bench.TimeAsync(bench.IsLong ? 50 : 20, async i =>
            {
                var made = await setUp.RunAsync(new($"new{i}", "New") { Hosts = [$"new{i}.localhost"] }, "academy", "bench", CancellationToken.None);
                if (made.Refusal is { } why) throw new InvalidOperationException(why);
                using var browser = host.Browser($"new{i}.localhost");
                using var answer = await browser.GetAsync("/sign-in");
                if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"/sign-in answered {answer.StatusCode}.");
            }));
        }
    }

    private static async Task<int> GetAsync(TestSite platform, string page)
    {
        using var answer = await platform.Browser.GetAsync(page);
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{page} answered {answer.StatusCode}.");
        return TestSite.Statements(answer);
    }

    // Rows as tenants leave them behind: nothing here may open one, so none needs a database.
    private static async Task MakeRowsAsync(TestHost host)
    {
        var (tenants, db) = (host.Services.GetRequiredService<Tenants>(), host.Services.GetRequiredService<PlatformDb>().Open());
        for (var i = 0; i < Count; i++)
        {
            var (id, name) = (Guid.CreateVersion7(), string.Create(CultureInfo.InvariantCulture, $"school-{i}"));
            await tenants.AddAsync(new(id, name, Tenant.NewKey(name, id), $"School {i}", TenantState.Running, null, [$"{name}.example"], null, [], "Base", "UTC", "en", 0, 0), default);
            await db.ExecuteAsync($"UPDATE tenants SET people = {i * 37 % 5000}, storage = {i * 7919L}, last_request = {i * 1000L}, recipe = {(i % 3 == 0 ? "academy" : "studio")} WHERE id = {id}");
            await db.ExecuteAsync($"INSERT INTO tenant_figures (tenant, name, value) VALUES ({id}, 'greetings', {i})");
        }
        await host.Shells.RefreshAsync(default);
    }
}
