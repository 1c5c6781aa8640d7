using System.Diagnostics;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Platform.Health;

/// <summary>How this host is: what it is made of, what its routes cost, what waits, and what could not start.</summary>
[Requires(PlatformFeature.Permissions.Health)]
internal sealed class Index(RouteFigures routes, ShellHost shells, Engine engine, PlatformDb platform, StatementMeter meter, Release release, TimeProvider clock) : PageModel
{
    public sealed record Broken(string Name, string Title, string Reason, string? Reference, DateTimeOffset? At);

    public IReadOnlyList<RouteFigure> Routes { get; private set; } = [];

    public IReadOnlyList<Broken> Failures { get; private set; } = [];

    public string EngineName => engine.Name;

    public string ReleaseId => release.Id;

    public int Active { get; private set; }

    public int Tenants { get; private set; }

    public TimeSpan Up { get; private set; }

    public long Memory { get; private set; }

    public long Heap { get; private set; }

    /// <summary>For how long the oldest work that is due has waited.</summary>
    public TimeSpan Lag { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        Routes = routes.All();
        Active = shells.Active.Count();
        Tenants = shells.Table.Slots.Count;
        using (var process = Process.GetCurrentProcess()) Up = now - process.StartTime.ToUniversalTime();
        (Memory, Heap) = (Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false));
        var oldest = await platform.Open(meter).FirstAsync<DateTimeOffset?>($"""
            SELECT w.due_at FROM wakeups w JOIN tenants t ON t.name = w.tenant WHERE w.due_at <= {now} AND t.state = 'Running' ORDER BY w.due_at LIMIT 1
            """, ct);
        Lag = oldest is { } due ? now - due : TimeSpan.Zero;
        Failures = [.. from slot in shells.Table.Slots
                       where slot.Failure is not null || slot.Tenant.State == TenantState.Failed
                       orderby slot.Tenant.Name
                       select new Broken(slot.Tenant.Name, slot.Tenant.Title, slot.Failure?.Reason ?? slot.Tenant.Reason ?? "", slot.Failure?.Reference, slot.Failure?.At)];
    }
}
