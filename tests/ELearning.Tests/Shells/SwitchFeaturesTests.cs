using System.Net;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning;

public sealed class SwitchFeaturesTests
{
    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task Requests_in_flight_finish_on_the_shell_they_began_with(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestSlow");
        var before = await site.Browser.GetStringAsync("/test/version");
        var slow = site.Browser.GetStringAsync("/test/slow?ms=1500");
        // The slow one has its shell when a later request on another connection has been answered.
        await site.Browser.GetStringAsync("/test/slow?ms=100");

        await site.EnableAsync("TestNotes");

        Assert.NotEqual(before, await site.Browser.GetStringAsync("/test/version"));
        Assert.Equal($"{before} alive", await slow);
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task Switching_under_load_fails_no_request_and_no_other_tenant_notices(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestSlow");
        await using var neighbour = await TestSite.StartAsync(site.Host, "TestSlow");
        var neighboursVersion = await neighbour.Browser.GetStringAsync("/test/version");
        using var stop = new CancellationTokenSource();
        var answers = new System.Collections.Concurrent.ConcurrentBag<HttpStatusCode>();
        var load = Enumerable.Range(0, 4).Select(async i =>
        {
            var browser = i % 2 == 0 ? site.Browser : neighbour.Browser;
            while (!stop.IsCancellationRequested)
            {
                using var answer = await browser.GetAsync("/test/slow?ms=5", CancellationToken.None);
                answers.Add(answer.StatusCode);
            }
        }).ToArray();

        for (var i = 0; i < 10; i++)
        {
            await site.EnableAsync("TestNotes");
            Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/test/notes")).StatusCode);
            await site.DisableAsync("TestNotes");
            Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/test/notes")).StatusCode);
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);

        Assert.True(answers.Count > 20);
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(neighboursVersion, await neighbour.Browser.GetStringAsync("/test/version"));
    }

    [Theory, InlineData("Sqlite", "TestBrokenMigration"), InlineData("Postgres", "TestBrokenMigration"), InlineData("Sqlite", "TestBrokenServices")]
    public async Task A_failure_while_enabling_leaves_all_as_it_was_and_says_why(string database, string broken)
    {
        await using var site = await TestSite.StartAsync(database, "TestSlow");
        var before = site.Tenant;

        var refused = await Switch(site).EnableAsync(site.Name, [broken], CancellationToken.None);

        Assert.Contains(broken == "TestBrokenServices" ? "broken on purpose" : "Migration 2 of TestBrokenMigration failed", refused?.Reason);
        Assert.Equal(before.Version, site.Tenant.Version);
        Assert.Equal(before.Features, site.Tenant.Features);
        Assert.Equal(before.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), await site.Browser.GetStringAsync("/test/version"));
    }

    [Fact]
    public async Task A_plan_shows_what_comes_along_and_what_stands_against_it()
    {
        await using var site = await TestSite.StartAsync("Sqlite");

        var plan = Switch(site).PlanEnabling(site.Tenant, "TestNotesMore");
        Assert.Equal([("TestNotes", "needed by More notes"), ("TestNotesMore", null)], plan.On.Select(change => (change.Id, change.Because)));

        await site.EnableAsync("TestNotesMore");
        Assert.Contains("TestNotes cannot be on together", (Switch(site).PlanEnabling(site.Tenant, "TestNotesRival").Refusal?.ToString() ?? "").Replace("TestNotesRival", "TestNotes"));
        Assert.Contains("no feature Nonsense", Switch(site).PlanEnabling(site.Tenant, "Nonsense").Refusal?.ToString());
        Assert.Equal(["TestNotesMore"], Switch(site).PlanDisabling(site.Tenant, "TestNotes").Dependents);
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task Disabling_refuses_while_others_depend_on_it_and_keeps_the_data(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestNotesMore");
        await site.Browser.PutAsync($"/test/notes/{Guid.NewGuid()}?text=kept", null);

        var refused = await Switch(site).DisableAsync(site.Name, ["TestNotes"], dependents: false, CancellationToken.None);
        Assert.Contains("TestNotesMore cannot be without TestNotes", refused?.Reason);

        Assert.Null(await Switch(site).DisableAsync(site.Name, ["TestNotes"], dependents: true, CancellationToken.None));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/test/more")).StatusCode);

        await site.EnableAsync("TestNotes");
        Assert.Contains("kept", await site.Browser.GetStringAsync("/test/notes"));
    }

    [Fact]
    public async Task What_is_always_on_stays_on()
    {
        await using var site = await TestSite.StartAsync("Sqlite");

        var refused = await Switch(site).DisableAsync(site.Name, ["People"], dependents: true, CancellationToken.None);

        Assert.Contains("People cannot be turned off", refused?.Reason);
    }

    private static SwitchFeatures Switch(TestSite site) => site.Host.Services.GetRequiredService<SwitchFeatures>();
}
