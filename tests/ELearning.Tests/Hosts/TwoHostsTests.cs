using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using ELearning.Data;
using ELearning.Settings;
using ELearning.Shells;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Tests;

public sealed class TwoHostsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Theory, InlineData(false), InlineData(true)]
    public async Task What_one_host_changes_is_in_force_on_the_other_within_a_second(bool messagesAreLost)
    {
        await using var hosts = await TwoHosts.StartAsync(configure: builder =>
        {
            if (messagesAreLost) builder.Services.AddSingleton<IBus, DeafBus>();
            else builder.Services.AddSingleton<IBus, UnpolledBus>();
        });
        await using (var warm = await TestSite.StartAsync(hosts.First, "Hello", "TestSlow"))
            await SeesAsync(hosts, warm, "/hello", HttpStatusCode.OK, Long);

        await using var site = await TestSite.StartAsync(hosts.First, "TestSlow");
        await SeesAsync(hosts, site, "/test/version", HttpStatusCode.OK, Second);

        await site.EnableAsync("Hello");
        await SeesAsync(hosts, site, "/hello", HttpStatusCode.OK, Second);

        var settings = hosts.First.Services.GetRequiredService<TenantSettings>();
        Assert.IsType<SettingsSaved>(await settings.ChangeAsync(site.Name, site.Tenant.Version, "hello", new JsonObject { ["Title"] = "Visitors" }, "test", default));
        await SeesAsync(hosts, site, "/hello", HttpStatusCode.OK, Second, "<h1>Visitors</h1>");

        Assert.NotNull(await hosts.First.Shells.ChangeAsync(site.Tenant, tenant => tenant with { Title = "Another name" }));
        await TwoHosts.UntilAsync(() => Task.FromResult(hosts.Second.Shells.Table.Find(site.Name)?.Tenant.Title == "Another name"), Second, "title");

        Assert.NotNull(await hosts.First.Shells.ChangeAsync(site.Tenant, tenant => tenant with { State = TenantState.Suspended, Reason = "Holidays" }));
        await SeesAsync(hosts, site, "/hello", HttpStatusCode.ServiceUnavailable, Second, "Holidays");

        Assert.NotNull(await hosts.First.Shells.ChangeAsync(site.Tenant, tenant => tenant with { State = TenantState.Running, Hosts = ["elsewhere.localhost"] }));
        await SeesAsync(hosts, site, "/hello", HttpStatusCode.NotFound, Second);
        using var elsewhere = hosts.Second.Browser("elsewhere.localhost");
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.GetAsync("/hello")).StatusCode);

        await site.DisableAsync("Hello");
        await TwoHosts.UntilAsync(async () => (await elsewhere.GetAsync("/hello")).StatusCode == HttpStatusCode.NotFound, Second, "off");
    }

    [Fact]
    public async Task A_tenant_that_was_not_made_to_the_end_is_gone_everywhere()
    {
        await using var hosts = await TwoHosts.StartAsync();
        var create = hosts.First.Services.GetRequiredService<CreateTenant>();
        var made = await create.RunAsync(new("school", "School") { Hosts = ["school.localhost"], Features = ["Hello"] }, default);
        using var browser = hosts.Second.Browser("school.localhost");
        await TwoHosts.UntilAsync(async () => (await browser.GetAsync("/hello")).StatusCode == HttpStatusCode.OK, Second, "made");

        // As when its recipe fails.
        await create.UndoAsync(made.Tenant!);
        await TwoHosts.UntilAsync(async () => (await browser.GetAsync("/hello")).StatusCode == HttpStatusCode.NotFound, Second, "gone");
        Assert.Null(hosts.Second.Shells.Table.Find("school"));

        Assert.Null((await create.RunAsync(new("school", "School") { Hosts = ["school.localhost"], Features = ["Hello"] }, default)).Refusal);
        await TwoHosts.UntilAsync(async () => (await browser.GetAsync("/hello")).StatusCode == HttpStatusCode.OK, Second, "made again");
    }

    [Fact]
    public async Task Two_hosts_that_start_on_nothing_come_up_as_one_installation()
    {
        await using var databases = EmptyEngine.Make();
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => TwoHosts.StartAsync(databases))));
        try
        {
            var platform = both[0].Services.GetRequiredService<PlatformDb>().Open();
            Assert.Equal([Tenant.Default], await platform.ListAsync<string>($"SELECT name FROM tenants"));
            Assert.Equal(1, await platform.FirstAsync<long?>($"SELECT COUNT(*) FROM data_protection_keys"));
            foreach (var host in both)
                Assert.Equal(TenantState.Running, host.Shells.Table.Find(Tenant.Default)?.Tenant.State);

            var text = await ProtectAsync(both[0], protector => protector.Protect("session 7"));
            Assert.Equal("session 7", await ProtectAsync(both[1], protector => protector.Unprotect(text)));
        }
        finally
        {
            foreach (var host in both) await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_migration_runs_once_when_both_hosts_upgrade_a_tenant_at_once()
    {
        await using var databases = EmptyEngine.Make();
        var names = Enumerable.Range(0, 6).Select(i => $"school{i}").ToArray();
        await using (var old = await TwoHosts.StartAsync(databases, [new Shelves(1)]))
            foreach (var name in names)
                Assert.Null((await old.Services.GetRequiredService<CreateTenant>().RunAsync(new(name, name) { Features = ["Shelves"] }, default)).Refusal);

        await using var first = await TwoHosts.StartAsync(databases, [new Shelves(3)]);
        await using var second = await TwoHosts.StartAsync(databases, [new Shelves(3)]);
        await Task.WhenAll(names.SelectMany(name => new[] { first, second }.Select(host => Task.Run(async () => await (await host.Shells.LeaseAsync(name, default)).DisposeAsync()))));

        foreach (var name in names) Assert.Equal(1, await TwoHosts.CountAsync(first, name, $"SELECT COUNT(*) FROM shelves WHERE upgraded"));
    }

    [Fact]
    public async Task With_both_running_every_job_runs_once_and_every_fact_arrives_once()
    {
        await using var hosts = await TwoHosts.StartAsync(host => [new WorkFeature(host)]);
        await using var site = await TestSite.StartAsync(hosts.First, "Work");
        await TwoHosts.UntilAsync(() => Task.FromResult(hosts.Second.Shells.Table.Find(site.Name)?.Tenant.State == TenantState.Running), Long, "known");

        const int each = 100;
        await Task.WhenAll(new[] { hosts.First, hosts.Second }.SelectMany(host => new[] { TwoHosts.EnqueueAsync(host, site.Name, each), PublishAsync(host, site.Name, each) }));
        await TwoHosts.UntilAsync(async () => await TwoHosts.CountAsync(hosts.First, site.Name,
            $"SELECT COUNT(*) FROM jobs WHERE NOT scheduled AND state <> 'Done'") + await TwoHosts.CountAsync(hosts.First, site.Name, $"SELECT COUNT(*) FROM outbox") == 0, Long, "all done");

        foreach (var table in new Sql[] { $"done", $"heard" })
        {
            Assert.Equal(2 * each, await TwoHosts.CountAsync(hosts.First, site.Name, $"SELECT COUNT(*) FROM {table}"));
            Assert.Equal(2, await TwoHosts.CountAsync(hosts.First, site.Name, $"SELECT COUNT(DISTINCT host) FROM {table}"));
        }
        Assert.Equal(2 * each, await TwoHosts.CountAsync(hosts.First, site.Name, $"SELECT COUNT(DISTINCT job) FROM done"));
        Assert.Equal(2 * each, await TwoHosts.CountAsync(hosts.First, site.Name, $"SELECT COUNT(DISTINCT id) FROM heard"));
        Assert.Equal(2 * each, await TwoHosts.CountAsync(hosts.First, site.Name, $"SELECT COUNT(*) FROM begun"));
    }

    [Fact]
    public async Task A_host_that_is_killed_in_the_middle_of_jobs_loses_none()
    {
        await using var databases = EmptyEngine.Make();
        var clock = new ShiftedClock();
        await using var survivor = await TwoHosts.StartAsync(databases, [new WorkFeature("survivor")], builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await using var site = await TestSite.StartAsync(survivor, "Work");

        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet", ["exec", typeof(TwoHostsTests).Assembly.Location, "work", databases.Folder, databases.Connection, site.Name])
        {
            RedirectStandardOutput = true,
        };
        using (var doomed = Process.Start(start)!)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (await doomed.StandardOutput.ReadLineAsync(limit.Token) is { } said && said != "begun") { }
            doomed.Kill();
            await doomed.WaitForExitAsync(limit.Token);
        }
        Assert.NotEqual(0, await TwoHosts.CountAsync(survivor, site.Name, $"SELECT COUNT(*) FROM jobs WHERE NOT scheduled AND state = 'Running'"));

        clock.By = TimeSpan.FromMinutes(1);
        await TwoHosts.UntilAsync(async () => await TwoHosts.CountAsync(survivor, site.Name, $"SELECT COUNT(*) FROM jobs WHERE NOT scheduled AND state = 'Done'") == 20, Long, "all done");
        Assert.Equal(20, await TwoHosts.CountAsync(survivor, site.Name, $"SELECT COUNT(*) FROM done"));
        Assert.Equal(20, await TwoHosts.CountAsync(survivor, site.Name, $"SELECT COUNT(DISTINCT job) FROM done"));
    }

    [Fact]
    public async Task A_host_that_stops_finishes_its_requests_and_gives_its_jobs_to_the_other_at_once()
    {
        await using var hosts = await TwoHosts.StartAsync(host => [new WorkFeature(host, hangs: host == "first"), .. TestFeatures.All]);
        await using var site = await TestSite.StartAsync(hosts.First, "Work", "TestSlow");
        await TwoHosts.UntilAsync(() => Task.FromResult(hosts.Second.Shells.Table.Find(site.Name)?.Tenant.State == TenantState.Running), Long, "known");
        var slow = site.Browser.GetStringAsync("/test/slow?ms=6000");
        // Most are taken by the host that they were given to, which is told in memory; the other looks twice a second.
        while (await TwoHosts.CountAsync(hosts.Second, site.Name, $"SELECT COUNT(*) FROM begun WHERE host = 'first'") == 0)
            await TwoHosts.EnqueueAsync(hosts.First, site.Name, 1);

        var stopping = hosts.First.StopAsync();
        await TwoHosts.UntilAsync(async () => await TwoHosts.CountAsync(hosts.Second, site.Name,
            $"SELECT COUNT(*) FROM jobs WHERE NOT scheduled AND state <> 'Done'") == 0, TimeSpan.FromSeconds(3), "taken over");

        Assert.False(slow.IsCompleted);
        Assert.EndsWith("alive", await slow);
        await stopping;
        Assert.Equal(0, await TwoHosts.CountAsync(hosts.Second, site.Name, $"SELECT COUNT(*) FROM done WHERE host = 'first'"));
    }

    private static async Task SeesAsync(TwoHosts hosts, TestSite site, string path, HttpStatusCode status, TimeSpan atMost, string text = "")
    {
        using var browser = hosts.Second.Browser($"{site.Name}.localhost");
        await TwoHosts.UntilAsync(async () =>
        {
            using var answer = await browser.GetAsync(path);
            return answer.StatusCode == status && (await answer.Content.ReadAsStringAsync()).Contains(text);
        }, atMost, $"{path} {status} {text}");
    }

    private static async Task PublishAsync(TestHost host, string tenant, int facts)
    {
        await using var lease = await host.Shells.LeaseAsync(tenant, default);
        for (var i = 0; i < facts; i++)
        {
            await using var scope = lease.OpenScope();
            await scope.Services.GetRequiredService<Facts>().PublishAsync(new Worked(Guid.CreateVersion7()));
        }
    }

    private static async Task<string> ProtectAsync(TestHost host, Func<IDataProtector, string> use)
    {
        await using var lease = await host.Shells.LeaseAsync(Tenant.Default, default);
        await using var scope = lease.OpenScope();
        return use(scope.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test"));
    }

    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
    }

    /// <summary>A release has the first statements, the next one more; each leaves another trace when it runs twice.</summary>
    private sealed class Shelves(int migrations) : IFeature
    {
        public FeatureInfo Info { get; } = new("Shelves", "Shelves", "Test", "Grows with every release.");

        public void Declare(FeatureBuilder f)
        {
            Sql[] all =
            [
                $"CREATE TABLE shelves (id UUID PRIMARY KEY)",
                $"ALTER TABLE shelves ADD COLUMN upgraded BOOLEAN",
                $"INSERT INTO shelves (id, upgraded) VALUES (gen_random_uuid(), TRUE)",
            ];
            f.Table("shelves").Schema(all[..migrations]);
        }
    }
}
