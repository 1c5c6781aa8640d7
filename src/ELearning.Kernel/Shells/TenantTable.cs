using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace ELearning.Shells;

/// <summary>
/// Finds a tenant by exact host, or by the first segment of the path on the platform's own hosts. An exact host wins, and
/// all its paths are that tenant's.
/// </summary>
internal sealed class TenantTable(KernelOptions options)
{
    private readonly ConcurrentDictionary<string, ShellSlot> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, ShellSlot> _byHost = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, ShellSlot> _byPrefix = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _platformHosts = new(options.PlatformHosts, StringComparer.OrdinalIgnoreCase);

    public ICollection<ShellSlot> Slots => _byName.Values;

    public ShellSlot? Find(string name) => _byName.GetValueOrDefault(name);

    /// <param name="prefix">What to move from the path to its base: "/academy", or empty.</param>
    public ShellSlot? Match(string host, PathString path, out PathString prefix)
    {
        prefix = default;
        if (_byHost.TryGetValue(host, out var slot)) return slot;

        var known = _platformHosts.Contains(host);
        if (known && FirstSegment(path.Value) is { Length: > 0 } segment
            && _byPrefix.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out slot))
        {
            prefix = new PathString(path.Value![..(segment.Length + 1)]);
            return slot;
        }

        return known || options.UnknownHosts == UnknownHosts.Platform ? _byName.GetValueOrDefault(Tenant.Default) : null;
    }

    /// <summary>Takes up a tenant's row as it is now: new, moved to another address, or gone.</summary>
    public ShellSlot Put(Tenant tenant)
    {
        var slot = _byName.GetOrAdd(tenant.Name, _ => new ShellSlot(tenant));
        var before = slot.Tenant;
        slot.Tenant = tenant;
        foreach (var host in before.Hosts.Except(tenant.Hosts)) _byHost.TryRemove(new(host, slot));
        if (before.Prefix is { } old && old != tenant.Prefix) _byPrefix.TryRemove(new(old, slot));

        if (tenant.State == TenantState.Removed)
        {
            foreach (var host in tenant.Hosts) _byHost.TryRemove(new(host, slot));
            if (tenant.Prefix is { } gone) _byPrefix.TryRemove(new(gone, slot));
            _byName.TryRemove(new(tenant.Name, slot));
            return slot;
        }

        foreach (var host in tenant.Hosts) _byHost[host] = slot;
        if (tenant.Prefix is { } prefix) _byPrefix[prefix] = slot;
        return slot;
    }

    private static ReadOnlySpan<char> FirstSegment(string? path)
    {
        if (path is not ['/', ..]) return default;
        var rest = path.AsSpan(1);
        var end = rest.IndexOf('/');
        return end < 0 ? rest : rest[..end];
    }
}
