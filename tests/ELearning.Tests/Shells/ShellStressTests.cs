using System.Diagnostics;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning;

public sealed class ShellStressTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task Whatever_happens_at_once_no_lease_meets_a_disposed_shell_and_none_is_left(string database)
    {
        var counted = new Counted();
        await using var host = await TestHost.StartAsync(database, [counted]);
        var (shells, tenants) = (host.Shells, host.Services.GetRequiredService<Tenants>());
        var names = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            await using var site = await TestSite.StartAsync(host, "Counted");
            names.Add(site.Name);
        }
        var (start, leases, changes) = (Stopwatch.GetTimestamp(), 0, 0);
        bool Goes() => Stopwatch.GetElapsedTime(start) < Length;
        Tenant Any(int seed) => shells.Table.Find(names[seed % names.Count])!.Tenant;

        var work = Enumerable.Range(0, 6).Select(i => LoopAsync(async turn =>
        {
            await using var lease = await shells.LeaseAsync(names[(i + turn) % names.Count], default);
            await using var scope = lease.OpenScope();
            var mine = scope.Services.GetRequiredService<One>();
            Assert.False(mine.IsDisposed);
            await Task.Delay(turn % 3);
            Assert.False(mine.IsDisposed);
            Assert.False(lease.Shell.Stopping.IsCancellationRequested);
            Interlocked.Increment(ref leases);
        })).ToList();
        work.Add(LoopAsync(_ => shells.EvictAsync(TimeSpan.Zero)));
        // Two change the same tenants here; one does so as another host would.
        work.AddRange(Enumerable.Range(0, 2).Select(i => LoopAsync(async turn =>
        {
            if (await shells.ChangeAsync(Any(i + turn), tenant => tenant with { Title = $"{i} {turn}" }) is not null) Interlocked.Increment(ref changes);
        })));
        work.Add(LoopAsync(async turn =>
        {
            var db = tenants.OpenPlatform();
            if (await tenants.SaveAsync(db, (await tenants.FindAsync(names[turn % names.Count], default))! with { Title = $"elsewhere {turn}" }, default) is not null) Interlocked.Increment(ref changes);
            await shells.RefreshAsync(default);
        }));
        await Task.WhenAll(work);

        await shells.RefreshAsync(default);
        Assert.True(leases > 100 && changes > 10, $"{leases} leases, {changes} changes");
        foreach (var name in names) Assert.Equal((await tenants.FindAsync(name, default))!.Version, shells.Table.Find(name)!.Tenant.Version);
        // The pump may still look after the changes.
        while (shells.Active.Any() || counted.Made != counted.Disposed)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Length + TimeSpan.FromSeconds(15), $"{counted.Made} made, {counted.Disposed} disposed");
            await shells.EvictAsync(TimeSpan.Zero);
            await Task.Delay(20);
        }

        Task LoopAsync(Func<int, Task> act) => Task.Run(async () =>
        {
            for (var turn = 0; Goes(); turn++) await act(turn);
        });
    }

    [Fact]
    public async Task A_shell_in_use_is_not_evicted_and_a_slow_tenant_holds_up_no_others_change()
    {
        await using var host = await TestHost.StartAsync("Sqlite", [new Counted()]);
        await using var busy = await TestSite.StartAsync(host, "Counted");
        await using var other = await TestSite.StartAsync(host, "Counted");
        var (shells, tenants) = (host.Shells, host.Services.GetRequiredService<Tenants>());

        await using (var lease = await shells.LeaseAsync(busy.Name, default))
        {
            await shells.EvictAsync(TimeSpan.Zero);
            Assert.Same(lease.Shell, shells.Table.Find(busy.Name)!.Current);
        }

        var slot = shells.Table.Find(busy.Name)!;
        await slot.Gate.WaitAsync();
        foreach (var site in new[] { busy, other }) await tenants.SaveAsync(tenants.OpenPlatform(), site.Tenant with { Title = "New" }, default);
        await shells.RefreshAsync(default).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("New", other.Tenant.Title);
        Assert.Equal("Test site", busy.Tenant.Title);

        slot.Gate.Release();
        await slot.Gate.WaitAsync();
        Assert.Equal("New", busy.Tenant.Title);
        slot.Gate.Release();
    }

    /// <summary>Counts what the containers of its tenants make, and what they dispose.</summary>
    private sealed class Counted : IFeature
    {
        private int _made;
        private int _disposed;

        public FeatureInfo Info { get; } = new("Counted", "Counted", "Test", "One object a container.");

        public int Made => Volatile.Read(ref _made);

        public int Disposed => Volatile.Read(ref _disposed);

        public void AddServices(IServiceCollection services) => services.AddSingleton(_ =>
        {
            Interlocked.Increment(ref _made);
            return new One(() => Interlocked.Increment(ref _disposed));
        });
    }

    private sealed class One(Action disposed) : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose()
        {
            IsDisposed = true;
            disposed();
        }
    }
}
