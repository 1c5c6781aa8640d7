using System.Net;
using System.Text.RegularExpressions;
using ELearning.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Platform;

/// <summary>The pages over the kernel's records, and that they are the platform's alone.</summary>
public sealed partial class DeskTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task Another_tenant_has_none_of_it_even_when_its_row_says_so(string database)
    {
        var host = await TestHost.SharedAsync(database);
        await using var site = await TestSite.StartAsync(host, "Platform", "TestAccounts");
        await site.SignInAsync();
        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Where(route => route.StartsWith("/platform", StringComparison.Ordinal)).Distinct().ToList();

        Assert.True(routes.Count > 10);
        foreach (var route in routes)
            foreach (var verb in new[] { HttpMethod.Get, HttpMethod.Post })
            {
                using var request = new HttpRequestMessage(verb, Values().Replace(route, "Default"));
                Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.SendAsync(request)).StatusCode);
            }
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_failed_job_is_seen_and_tried_again_and_a_waiting_one_cancelled(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        await using var platform = await TestSite.PlatformAsync(site.Host);
        await platform.SignInAsync();
        var failed = Guid.CreateVersion7();
        var later = DateTimeOffset.UtcNow.AddDays(1);
        await site.RunAsync(async services =>
        {
            var db = services.GetRequiredService<Db>();
            await db.ExecuteAsync($"""
                INSERT INTO jobs (id, name, argument, priority, scheduled, state, created_at, due_at, attempts, error, ended_at)
                VALUES ({failed}, 'purge-trash', '', 0, {false}, 'Failed', {DateTimeOffset.UtcNow}, {DateTimeOffset.UtcNow}, 5, 'Disk full', {DateTimeOffset.UtcNow})
                """);
        });
        var waiting = await site.RunAsync(services => services.GetRequiredService<ELearning.Jobs>().EnqueueAsync("purge-trash", dueAt: later));
        var page = $"/platform/jobs?site={site.Name}";

        var shown = await platform.Browser.GetAsync($"{page}&state=Failed");
        Assert.True(TestSite.Statements(shown) <= 8);
        Assert.Contains("Disk full", await shown.Content.ReadAsStringAsync());

        using var retried = await platform.PostAsync($"{page}&state=Failed", [], $"{page}&id={failed}&handler=Retry");
        Assert.Equal(HttpStatusCode.Redirect, retried.StatusCode);
        for (var i = 0; i < 1000 && (await FindAsync(site, failed)).State is not JobState.Done; i++) await Task.Delay(20);
        Assert.Equal(JobState.Done, (await FindAsync(site, failed)).State);

        using var cancelled = await platform.PostAsync(page, [], $"{page}&id={waiting}&handler=Cancel");
        Assert.Equal(HttpStatusCode.Redirect, cancelled.StatusCode);
        Assert.Equal(JobState.Cancelled, (await FindAsync(site, waiting)).State);
        // Once more, and it says why not.
        using var refused = await platform.PostAsync(page, [], $"{page}&id={waiting}&handler=Cancel");
        Assert.Contains("That job had ended", await refused.Content.ReadAsStringAsync());
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_parked_fact_is_seen_and_dropped(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");
        await using var platform = await TestSite.PlatformAsync(site.Host);
        await platform.SignInAsync();
        var id = Guid.CreateVersion7();
        await site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync($"""
            INSERT INTO outbox (id, handler, feature, subject_kind, subject_id, number, fact, version, json, state, published_at, due_at, attempts, error)
            VALUES ({id}, 'Hello/CountGreeting', 'Hello', 'greeting', {Guid.NewGuid()}, 1, 'greeting-left', 1, {"{}"}, 'Parked', {DateTimeOffset.UtcNow}, {DateTimeOffset.UtcNow}, 6, 'No such day')
            """));
        var page = $"/platform/jobs?site={site.Name}";

        Assert.Contains("No such day", await platform.Browser.GetStringAsync(page));
        await platform.PostAsync(page, [], $"{page}&id={id}&handler=Drop");

        Assert.DoesNotContain("No such day", await platform.Browser.GetStringAsync(page));
        Assert.Empty(await site.QueryAsync<Guid>($"SELECT id FROM outbox WHERE id = {id}"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Health_shows_the_engine_the_routes_and_what_did_not_start(string database)
    {
        await using var broken = await TestSite.StartAsync(database);
        await using var platform = await TestSite.PlatformAsync(broken.Host);
        await platform.SignInAsync();
        var slot = broken.Host.Shells.Table.Find(broken.Name)!;
        slot.Failure = Shells.ActivationFailure.After(null, new InvalidOperationException("The disk is away."), DateTimeOffset.UtcNow);
        try
        {
            var page = await platform.Browser.GetStringAsync("/platform/health");
            Assert.Contains(database == "Sqlite" ? "SQLite" : "PostgreSQL", page);
            Assert.Contains("POST /test/sign-in", page);
            Assert.Contains("The disk is away.", page);
            Assert.Contains(slot.Failure.Reference, page);
            Assert.Contains("The disk is away.", await platform.Browser.GetStringAsync($"/platform/tenants/{broken.Name}"));
        }
        finally
        {
            slot.Failure = null;
        }
    }

    [Fact]
    public async Task The_desk_speaks_german_too()
    {
        await using var platform = await TestSite.PlatformAsync("Sqlite");
        var person = await platform.SignInAsync("Grete");
        await platform.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync($"UPDATE people SET culture = 'de' WHERE id = {person}"));

        var page = WebUtility.HtmlDecode(await platform.Browser.GetStringAsync("/platform/tenants"));
        Assert.Contains("Neuer Mandant", page);
        Assert.Contains("Letzter Aufruf", page);
    }

    private static async Task<JobStatus> FindAsync(TestSite site, Guid id) =>
        (await site.RunAsync(services => services.GetRequiredService<ELearning.Jobs>().FindAsync(id)))!;

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Values();
}
