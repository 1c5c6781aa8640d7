using System.Net;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning;

public sealed class ActivationTests
{
    [Fact]
    public async Task Listing_tenants_activates_none_and_an_idle_one_is_evicted_and_comes_back()
    {
        // Without the pump, which wakes tenants whose schedules begin.
        await using var host = await TestHost.StartAsync("Sqlite", configure: builder => builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(Pump))));
        await using var site = await TestSite.StartAsync(host, "TestSlow");
        await host.Shells.EvictAsync(TimeSpan.Zero);
        Assert.Empty(host.Shells.Active);

        Assert.Equal(["Default", site.Name], (await host.Services.GetRequiredService<Tenants>().PageAsync(null, 10, default)).Select(t => t.Name));
        Assert.Empty(host.Shells.Active);

        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/test/version")).StatusCode);
        Assert.Equal([site.Name], host.Shells.Active.Select(shell => shell.Tenant.Name));
    }

    [Fact]
    public async Task Eviction_waits_for_nobody_and_hurts_nobody()
    {
        await using var host = await TestHost.StartAsync("Sqlite");
        await using var site = await TestSite.StartAsync(host, "TestSlow");
        var slow = site.Browser.GetStringAsync("/test/slow?ms=800");
        await site.Browser.GetStringAsync("/test/version");

        Assert.NotEqual(0, await host.Shells.EvictAsync(TimeSpan.Zero));

        Assert.EndsWith("alive", await slow);
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task A_tenant_that_cannot_start_answers_with_a_reference_and_the_others_run_on(string database)
    {
        var clock = new HandClock();
        await using var host = await TestHost.StartAsync(database, configure: builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await using var broken = await TestSite.StartAsync(host);
        await using var well = await TestSite.StartAsync(host, "TestSlow");
        await BreakAsync(host, broken, "TestBrokenServices");

        var answer = await broken.Browser.GetAsync("/");
        var failure = host.Shells.Table.Find(broken.Name)!.Failure!;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains(failure.Reference, page);
        Assert.DoesNotContain("broken on purpose", page);
        Assert.Contains("broken on purpose", failure.Reason);
        Assert.Equal(HttpStatusCode.OK, (await well.Browser.GetAsync("/test/version")).StatusCode);

        // Until the next attempt is due, asking again costs no attempt.
        await broken.Browser.GetAsync("/");
        Assert.Equal(1, host.Shells.Table.Find(broken.Name)!.Failure!.Attempt);

        // Then it is tried again, and the wait doubles.
        clock.Now += TimeSpan.FromSeconds(2);
        await broken.Browser.GetAsync("/");
        var again = host.Shells.Table.Find(broken.Name)!.Failure!;
        Assert.Equal(2, again.Attempt);
        Assert.Equal(TimeSpan.FromSeconds(2), again.RetryAt - again.At);
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task A_failed_migration_is_recorded_and_shown_as_such(string database)
    {
        await using var host = await TestHost.StartAsync(database);
        await using var broken = await TestSite.StartAsync(host);
        await BreakAsync(host, broken, "TestBrokenMigration");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await broken.Browser.GetAsync("/")).StatusCode);

        var row = await host.Services.GetRequiredService<Tenants>().FindAsync(broken.Name, default);
        Assert.Equal(TenantState.Failed, row!.State);
        Assert.Contains("Migration 2 of TestBrokenMigration", row.Reason);
    }

    [Fact]
    public async Task A_suspended_tenant_says_why_and_comes_back()
    {
        await using var site = await TestSite.StartAsync("Sqlite", "TestSlow");
        await site.Host.Shells.ChangeAsync(site.Tenant, t => t with { State = TenantState.Suspended, Reason = "The invoice of May is open." });

        var suspended = await site.Browser.GetAsync("/test/version");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, suspended.StatusCode);
        Assert.Contains("The invoice of May is open.", await suspended.Content.ReadAsStringAsync());

        await site.Host.Shells.ChangeAsync(site.Tenant, t => t with { State = TenantState.Running, Reason = null });
        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/test/version")).StatusCode);
    }

    [Fact]
    public async Task Tenants_that_cannot_be_made_leave_nothing_behind()
    {
        var host = await TestHost.SharedAsync("Sqlite");
        var create = host.Services.GetRequiredService<CreateTenant>();

        var broken = await create.RunAsync(new("BrokenFromStart", "x") { Features = ["TestBrokenMigration"] }, default);
        Assert.Contains("nothing of it is left", broken.Refusal);
        Assert.Null(await host.Services.GetRequiredService<Tenants>().FindAsync("BrokenFromStart", default));
        Assert.Null(host.Shells.Table.Find("BrokenFromStart"));

        Assert.Contains("no name for a tenant", (await create.RunAsync(new("../etc", "x"), default)).Refusal);
        Assert.Contains("address of the platform's own", (await create.RunAsync(new("Fine", "x") { Prefix = "hello" }, default)).Refusal);
        Assert.Contains("address of the platform's own", (await create.RunAsync(new("Fine", "x") { Prefix = "_content" }, default)).Refusal);
        Assert.Contains("no host name", (await create.RunAsync(new("Fine", "x") { Hosts = ["http://x"] }, default)).Refusal);
        Assert.Contains("already", (await create.RunAsync(new("default", "x"), default)).Refusal);
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task What_a_killed_host_had_begun_to_make_is_taken_away_at_the_next_start(string database)
    {
        await using var host = await TestHost.StartAsync(database);
        var tenants = host.Services.GetRequiredService<Tenants>();
        var old = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddMinutes(-11));
        var young = Guid.CreateVersion7();
        foreach (var (id, name) in new[] { (old, "Abandoned"), (young, "JustBegun") })
            await tenants.AddAsync(new(id, name, Tenant.NewKey(name, id), name, TenantState.Initializing, null, [], null, [], "Base", "UTC", "en", 0, 0), default);
        await host.Shells.RefreshAsync(default);

        await host.Services.GetRequiredService<CreateTenant>().SweepAbandonedAsync(default);

        Assert.Null(await tenants.FindAsync("Abandoned", default));
        Assert.NotNull(await tenants.FindAsync("JustBegun", default));
    }

    // As an older release would have left it: the row names a feature whose activation this release cannot do.
    private static async Task BreakAsync(TestHost host, TestSite site, string feature)
    {
        var db = host.Services.GetRequiredService<PlatformDb>().Open();
        await db.ExecuteAsync($"UPDATE platform_changes SET last = last + 1");
        await db.ExecuteAsync($"""
            UPDATE tenants SET features = {Json.Of(new[] { feature })}, version = version + 1, changed = (SELECT last FROM platform_changes)
            WHERE name = {site.Name}
            """);
        await host.Shells.RefreshAsync(default);
    }
}
