using System.Collections.Concurrent;
using ELearning.Shells;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ELearning;

/// <summary>
/// Visits the tenants that have work: nudged ones at once, marked ones twice a second. The marks of work that was added
/// when this or another host died are among them, so nothing more is needed at the start.
/// </summary>
internal sealed class Pump(Nudges nudges, Wakeups wakeups, ShellHost shells, TimeProvider time, ILogger<Pump> log) : BackgroundService
{
    private const int Marks = 100;

    private static readonly int Visits = Math.Max(4, Environment.ProcessorCount * 2);
    private static readonly int Slots = Math.Max(4, Environment.ProcessorCount * 2);

    private readonly ConcurrentDictionary<string, Work> _tenants = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _notBefore = new();
    private readonly Dictionary<string, DateTimeOffset> _nextLook = [];
    private readonly ConcurrentDictionary<Guid, Task> _jobs = new();
    private readonly SemaphoreSlim _visits = new(Visits);
    private readonly SemaphoreSlim _slots = new(Slots);

    public override void Dispose()
    {
        _visits.Dispose();
        _slots.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(PollAsync(stoppingToken), ListenAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host stops. What runs is undone or given back before it is gone.
            // Visits first: one may just be taking a job.
            await Task.WhenAll(_tenants.Values.Select(work => work.Visiting));
            await Task.WhenAll(_jobs.Values);
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        await foreach (var tenant in nudges.Tenants.ReadAllAsync(stopping)) Visit(tenant, clear: false, stopping);
    }

    private async Task PollAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), time);
        do
        {
            try
            {
                var now = time.GetUtcNow();
                foreach (var tenant in await wakeups.DueAsync(now, Marks + _notBefore.Count, stopping))
                    if (!_notBefore.TryGetValue(tenant, out var earliest) || earliest <= now) Visit(tenant, clear: true, stopping);
                foreach (var tenant in LookAt(now)) Visit(tenant, clear: false, stopping);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "The marks of tenants with work could not be read");
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    // Jobs that wake nobody are found by a look at who is active anyway: some minutes after it was activated, when its
    // first visitors have been served and long before it is evicted; then so rarely that no look keeps it from eviction.
    private List<string> LookAt(DateTimeOffset now)
    {
        var active = shells.Active.Select(shell => shell.Tenant.Name).ToHashSet();
        foreach (var tenant in _nextLook.Keys.Where(tenant => !active.Contains(tenant)).ToList()) _nextLook.Remove(tenant);
        foreach (var tenant in active) _nextLook.TryAdd(tenant, now.AddMinutes(5));
        var due = active.Where(tenant => _nextLook[tenant] <= now).ToList();
        foreach (var tenant in due) _nextLook[tenant] = now.AddHours(1);
        return due;
    }

    // One visit of a tenant at a time; who is asked for meanwhile is visited once more.
    private void Visit(string tenant, bool clear, CancellationToken stopping)
    {
        var work = _tenants.GetOrAdd(tenant, _ => new());
        lock (work)
        {
            work.Wanted = true;
            work.Clear |= clear;
            if (work.Visiting.IsCompleted && !stopping.IsCancellationRequested) work.Visiting = Task.Run(() => VisitAsync(tenant, work, stopping), CancellationToken.None);
        }
    }

    private async Task VisitAsync(string tenant, Work work, CancellationToken stopping)
    {
        try
        {
            await _visits.WaitAsync(stopping);
            try
            {
                while (work.Take(out var clear)) await VisitAsync(tenant, work, clear, stopping);
                _notBefore.TryRemove(tenant, out _);
            }
            finally
            {
                _visits.Release();
            }
        }
        catch (Exception e)
        {
            work.Stop();
            if (stopping.IsCancellationRequested) return;
            _notBefore[tenant] = time.GetUtcNow().AddSeconds(30);
            if (e is TenantUnavailableException) return; // said where it happened
            log.LogError(e, "The work of {Tenant} could not be done; the next try is in 30 seconds", tenant);
        }
    }

    private async Task VisitAsync(string tenant, Work work, bool clear, CancellationToken stopping)
    {
        await using var lease = await shells.LeaseAsync(tenant, stopping);
        await Drain.FollowFeaturesAsync(lease.OpenScope, stopping);
        await Drain.DeliverAsync(lease.OpenScope, stopping);
        // Half of the places are left to others, however many jobs one tenant has.
        while (work.Jobs < Slots / 2 && _slots.Wait(0, CancellationToken.None))
        {
            var job = await TakeAsync(lease, stopping);
            if (job is null) break;
            Interlocked.Increment(ref work.Jobs);
            _jobs[job.Owner] = Task.Run(() => RunAsync(tenant, work, job, stopping), CancellationToken.None);
        }
        if (clear) await Drain.ClearAsync(lease.OpenScope, stopping);
    }

    private async Task<Leased?> TakeAsync(ShellLease lease, CancellationToken stopping)
    {
        Leased? job = null;
        try
        {
            return job = await Drain.TakeJobAsync(lease.OpenScope, stopping);
        }
        finally
        {
            if (job is null) _slots.Release();
        }
    }

    private async Task RunAsync(string tenant, Work work, Leased job, CancellationToken stopping)
    {
        try
        {
            await using var lease = await shells.LeaseAsync(tenant, CancellationToken.None);
            // A new shell has taken this one's place: the job is given back, and goes on there.
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, lease.Shell.Stopping);
            await RunJob.RunAsync(lease.OpenScope, job, stop.Token);
        }
        catch (Exception e)
        {
            log.LogError(e, "Job {Job} {Name} was lost; it runs again when its lease ends", job.Id, job.Name);
        }
        finally
        {
            Interlocked.Decrement(ref work.Jobs);
            _slots.Release();
            _jobs.TryRemove(job.Owner, out _);
            nudges.Add(tenant);
        }
    }

    private sealed class Work
    {
        public int Jobs;

        public bool Wanted { get; set; }

        public bool Clear { get; set; }

        public Task Visiting { get; set; } = Task.CompletedTask;

        /// <returns>False when nobody asked since the last time; then the visit is over.</returns>
        public bool Take(out bool clear)
        {
            lock (this)
            {
                (clear, var wanted) = (Clear, Wanted);
                Wanted = Clear = false;
                if (!wanted) Visiting = Task.CompletedTask;
                return wanted;
            }
        }

        public void Stop()
        {
            lock (this) Visiting = Task.CompletedTask;
        }
    }
}
