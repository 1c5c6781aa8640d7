using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning.Shells;

/// <summary>
/// One activated tenant: the features in force and a container. Counted: its owner, the slot, holds one reference and
/// every request or job one more; whoever gives back the last one disposes it.
/// </summary>
internal sealed class Shell(Tenant tenant, IReadOnlyList<Feature> features, ServiceProvider services) : IAsyncDisposable
{
    private static readonly AsyncLocal<Shell?> Ambient = new();

    private readonly FrozenSet<string> _features = features.Select(f => f.Id).ToFrozenSet(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, ZoneItem[]> _zones = features.SelectMany(f => f.Declared.Zones)
        .GroupBy(item => item.Zone).ToDictionary(zone => zone.Key, zone => zone.OrderBy(item => item.Order).ToArray());

    private int _references = 1;

    /// <summary>
    /// Of the request or job that runs now. The one place where a tenant is ambient: framework singletons that know no
    /// request (data protection, localisation) ask here which tenant they serve.
    /// </summary>
    public static Shell Current => Ambient.Value
        ?? throw new InvalidOperationException("A tenant's service was used outside a tenant's request or job.");

    public static Shell? CurrentOrNone => Ambient.Value;

    public Tenant Tenant => tenant;

    public IReadOnlyList<Feature> Features => features;

    public IServiceProvider Services => services;

    /// <summary>The items of all features in force, as they stand in their areas.</summary>
    public IReadOnlyList<NavItem> Navigation { get; } =
        [.. features.SelectMany(f => f.Declared.Navigation).OrderBy(item => Array.FindIndex(Areas.All, area => area.Id == item.Area)).ThenBy(item => item.Order)];

    public long LastUsed { get; private set; } = Environment.TickCount64;

    /// <summary>When a visitor was last here: Unix time in milliseconds, 0 before the first one. Jobs do not count.</summary>
    public long LastRequest { get; set; }

    /// <summary>What <see cref="LastUsed"/> said when the platform was last told this tenant's figures.</summary>
    public long CountedAt { get; set; }

    /// <summary>Cancelled when the shell has been replaced: long requests and jobs should come to an end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Nobody but its owner holds it, at this moment.</summary>
    public bool IsIdle => Volatile.Read(ref _references) == 1;

    /// <summary>What features in force have put into a zone, in its order.</summary>
    public IReadOnlyList<ZoneItem> Zone(string name) => _zones.GetValueOrDefault(name, []);

    public bool Has(string feature) => _features.Contains(feature);

    public AsyncServiceScope CreateScope() => services.CreateAsyncScope();

    public IDisposable Enter()
    {
        var outer = Ambient.Value;
        Ambient.Value = this;
        return new Leave(outer);
    }

    public bool TryAddReference()
    {
        if (!TryHold()) return false;
        LastUsed = Environment.TickCount64;
        return true;
    }

    /// <summary>Keeps it alive for a look that is no use of it: who only counts must not keep it from eviction.</summary>
    public bool TryHold()
    {
        for (var seen = Volatile.Read(ref _references); seen > 0; seen = Volatile.Read(ref _references))
            if (Interlocked.CompareExchange(ref _references, seen + 1, seen) == seen) return true;
        return false;
    }

    public async ValueTask LetGoAsync()
    {
        if (Interlocked.Decrement(ref _references) == 0) await DisposeAsync();
    }

    public ValueTask ReleaseAsync()
    {
        LastUsed = Environment.TickCount64;
        return LetGoAsync();
    }

    /// <summary>The slot lets go: no new work comes, and what runs is given the grace period.</summary>
    public async ValueTask RetireAsync(TimeSpan grace)
    {
        _stopping.CancelAfter(grace);
        await ReleaseAsync();
    }

    /// <summary>Called by the last one to let go.</summary>
    public async ValueTask DisposeAsync()
    {
        Meters.ShellDisposed();
        var log = services.GetRequiredService<ILogger<Shell>>();
        try
        {
            await services.DisposeAsync();
        }
        catch (Exception error)
        {
            // The last to let go may be anybody's request, and has nothing to do with it.
            log.LogError(error, "A service of {Tenant} could not be disposed", tenant.Name);
        }
        _stopping.Dispose();
    }

    private sealed class Leave(Shell? outer) : IDisposable
    {
        public void Dispose() => Ambient.Value = outer;
    }
}
