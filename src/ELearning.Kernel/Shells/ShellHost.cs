using ELearning.Data;
using Microsoft.Extensions.Logging;

namespace ELearning.Shells;

/// <summary>All shells of this process: built at the first lease, swapped when their tenant changes, evicted when idle.</summary>
internal sealed class ShellHost(
    TenantTable table, Tenants tenants, ShellFactory factory, TenantFigures figures, Release release, KernelOptions options, TimeProvider clock, ILogger<ShellHost> log) : IAsyncDisposable
{
    // Building is mostly work of the processor: more at once would only make all of them slow.
    private readonly SemaphoreSlim _builders = new(Environment.ProcessorCount * 2);
    private readonly SemaphoreSlim _refreshing = new(1);
    private long _lastChange;

    public TenantTable Table => table;

    /// <summary>The active ones. Listing tenants activates none.</summary>
    public IEnumerable<Shell> Active => table.Slots.Select(slot => slot.Current).OfType<Shell>();

    public async Task<ShellLease> LeaseAsync(string name, CancellationToken ct) =>
        await LeaseAsync(table.Find(name) ?? throw new InvalidOperationException($"There is no tenant {name}."), ct);

    public async ValueTask<ShellLease> LeaseAsync(ShellSlot slot, CancellationToken ct)
    {
        while (true)
        {
            if (slot.Current is { } shell && shell.TryAddReference()) return new(shell);

            await slot.Gate.WaitAsync(ct);
            try
            {
                if (slot.Current is null) slot.Current = await ActivateAsync(slot, ct);
            }
            finally
            {
                slot.Gate.Release();
            }
        }
    }

    /// <summary>
    /// Changes a tenant's row and puts a shell in its place that was built for the change before it was committed. When
    /// anything fails before the commit, all is as it was.
    /// </summary>
    /// <param name="alongside">What else belongs to the act, in the same transaction of the platform's database.</param>
    /// <returns>Null when somebody else changed the tenant at the same time.</returns>
    public async Task<Tenant?> ChangeAsync(
        Tenant read, Func<Tenant, Tenant> change, Func<Db, Task>? alongside = null, CancellationToken ct = default)
    {
        var slot = table.Find(read.Name) ?? throw new InvalidOperationException($"There is no tenant {read.Name}.");
        var changed = change(read);
        await slot.Gate.WaitAsync(ct);
        try
        {
            var next = changed.State == TenantState.Running && alongside is null
                ? await BuildAsync(changed with { Version = changed.Version + 1 }, ct) : null;
            Tenant? saved;
            try
            {
                saved = await SaveAsync(changed, alongside, ct);
            }
            catch
            {
                if (next is not null) await next.ReleaseAsync();
                throw;
            }

            if (saved is null)
            {
                if (next is not null) await next.ReleaseAsync();
                return null;
            }

            await ReplaceAsync(slot, saved, next);
            return saved;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    /// <summary>Takes up what this or another host changed. Shells of changed tenants are dropped, and built again when asked for.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await _refreshing.WaitAsync(ct);
        try
        {
            foreach (var tenant in await tenants.ChangedAfterAsync(_lastChange, ct))
            {
                await TakeUpAsync(tenant);
                _lastChange = tenant.Changed;
            }
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Starts one that failed before its time to wait is over.</summary>
    public async Task TryAgainAsync(string name, CancellationToken ct)
    {
        if (table.Find(name) is { } slot) slot.Failure = null;
        await using var lease = await LeaseAsync(name, ct);
    }

    /// <summary>At a host's start: what another release could not bring up to date, this one may. Tried at the next request, not before.</summary>
    public async Task RetryFailedAsync(CancellationToken ct)
    {
        foreach (var name in await tenants.FailedElsewhereAsync(release.Id, ct))
            if (await tenants.FindAsync(name, ct) is { State: TenantState.Failed } failed && await SaveAsync(failed with { State = TenantState.Running, Reason = null }, null, ct) is { } saved)
                table.Put(saved);
    }

    /// <summary>Tells the platform the figures of the active tenants that were used since the last time.</summary>
    public Task WriteFiguresAsync(CancellationToken ct) => figures.WriteAsync([.. Active], ct);

    /// <summary>Lets go of shells that nobody used for a while, the least recently used first. Local, never announced.</summary>
    public async Task<int> EvictAsync(TimeSpan idle, int keep = int.MaxValue)
    {
        var active = table.Slots.Where(slot => slot.Current is not null).OrderBy(slot => slot.Current?.LastUsed).ToList();
        var evicted = 0;
        foreach (var slot in active)
        {
            // To drop one that is in use would free nothing, and stop its long jobs.
            if (slot.Current is not { IsIdle: true } shell) continue;
            if (Environment.TickCount64 - shell.LastUsed < idle.TotalMilliseconds && active.Count - evicted <= keep) break;

            if (!slot.Gate.Wait(0, CancellationToken.None)) continue;
            try
            {
                if (slot.Current != shell) continue;
                slot.Current = null;
                await figures.WriteAsync([shell], CancellationToken.None);
                await shell.RetireAsync(options.Grace);
                evicted++;
            }
            finally
            {
                slot.Gate.Release();
            }
        }
        return evicted;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in table.Slots)
        {
            await slot.Gate.WaitAsync();
            try
            {
                if (slot.Current is not { } shell) continue;
                slot.Current = null;
                await shell.RetireAsync(TimeSpan.Zero);
            }
            finally
            {
                slot.Gate.Release();
            }
        }
    }

    private async Task TakeUpAsync(Tenant tenant)
    {
        // A removed one has given up its name: another may have it by now.
        var slot = tenant.State == TenantState.Removed ? table.Slots.FirstOrDefault(known => IsSame(known.Tenant, tenant)) : table.Find(tenant.Name);
        if (slot is null)
        {
            if (tenant.State != TenantState.Removed) table.Put(tenant);
            return;
        }

        // While a shell is built, which may be a long migration, its slot is taken. Other tenants' changes do not wait for it.
        var isFree = slot.Gate.CurrentCount > 0;
        var taking = TakeUpAsync(slot, tenant);
        if (isFree) await taking;
    }

    private async Task TakeUpAsync(ShellSlot slot, Tenant tenant)
    {
        await slot.Gate.WaitAsync();
        try
        {
            if (slot.Tenant.Changed >= tenant.Changed) return;
            if (tenant.State != TenantState.Removed) await ReplaceAsync(slot, tenant, null);
            else if (IsSame(slot.Tenant, tenant)) await ReplaceAsync(slot, tenant with { Name = slot.Tenant.Name }, null);
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    private static bool IsSame(Tenant known, Tenant removed) => known.Id == removed.Id || known.Key == removed.Key;

    private Task<Tenant?> SaveAsync(Tenant changed, Func<Db, Task>? alongside, CancellationToken ct)
    {
        var db = tenants.OpenPlatform();
        return db.TransactAsync(async () =>
        {
            if (alongside is not null) await alongside(db);
            var saved = await tenants.SaveAsync(db, changed, ct);
            // Other features, another zone: what was held goes on, and schedules begin.
            if (saved is { State: TenantState.Running }) await Wakeups.MarkAsync(db, saved.Name, clock.GetUtcNow(), ct);
            return saved;
        }, ct);
    }

    private async Task<Shell> ActivateAsync(ShellSlot slot, CancellationToken ct)
    {
        if (slot.Tenant.State != TenantState.Running) throw new TenantUnavailableException(slot.Tenant, null);
        if (slot.Failure is { } earlier && clock.GetUtcNow() < earlier.RetryAt) throw new TenantUnavailableException(slot.Tenant, earlier);

        try
        {
            var shell = await BuildAsync(slot.Tenant, ct);
            slot.Failure = null;
            return shell;
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            var failure = ActivationFailure.After(slot.Failure, error, clock.GetUtcNow());
            slot.Failure = failure;
            if (error is MigrationException) await RecordFailureAsync(slot, failure, ct);
            log.LogError(error, "Tenant {Tenant} could not be activated, reference {Reference}, attempt {Attempt}", slot.Tenant.Name, failure.Reference, failure.Attempt);
            throw new TenantUnavailableException(slot.Tenant, failure);
        }
    }

    // The only failure that is recorded: a half-migrated tenant must not be served by another host either.
    private async Task RecordFailureAsync(ShellSlot slot, ActivationFailure failure, CancellationToken ct)
    {
        var failed = slot.Tenant with { State = TenantState.Failed, Reason = $"{failure.Reason} Reference {failure.Reference}." };
        if (await SaveAsync(failed, db => db.ExecuteAsync($"UPDATE tenants SET failed_release = {release.Id} WHERE id = {failed.Id}", ct), ct) is { } saved) table.Put(saved);
    }

    private async Task<Shell> BuildAsync(Tenant tenant, CancellationToken ct)
    {
        await _builders.WaitAsync(ct);
        try
        {
            return await factory.BuildAsync(tenant, ct);
        }
        finally
        {
            _builders.Release();
        }
    }

    private async Task ReplaceAsync(ShellSlot slot, Tenant tenant, Shell? next)
    {
        var old = slot.Current;
        table.Put(tenant);
        slot.Failure = null;
        slot.Current = next;
        if (old is not null) await old.RetireAsync(options.Grace);
    }
}
