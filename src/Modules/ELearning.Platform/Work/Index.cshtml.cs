using ELearning.Data;
using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform.Work;

/// <summary>Work in the background of one tenant, and the facts that a handler could not take. Only the tenant that was asked for is opened.</summary>
[Requires(PlatformFeature.Permissions.Jobs)]
internal sealed class Index(
    ShellHost shells, PlatformDb platform, StatementMeter meter, TimeProvider clock, Actor actor, Audit audit, IStringLocalizer<PlatformFeature> text) : PageModel
{
    public const int PageLength = 50;

    public sealed record JobLine(Guid Id, string Name, JobState State, bool Scheduled, int Percent, string? Progress, string? Error, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset DueAt, DateTimeOffset? EndedAt);

    public sealed record Waiting(string Tenant, DateTimeOffset DueAt);

    [BindProperty(SupportsGet = true, Name = "site")]
    public string? Asked { get; set; }

    /// <summary>Whose jobs; the platform's own when nobody says.</summary>
    public string Site => string.IsNullOrWhiteSpace(Asked) ? Tenant.Default : Asked.Trim();

    [BindProperty(SupportsGet = true)]
    public JobState? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? After { get; set; }

    public List<JobLine> Jobs { get; private set; } = [];

    public List<ParkedFact> Parked { get; private set; } = [];

    /// <summary>Tenants whose work is overdue, by the marks in the platform's database.</summary>
    public List<Waiting> Late { get; private set; } = [];

    public Guid? Next { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        Late = await platform.Open(meter).ListAsync<Waiting>($"""
            SELECT w.tenant, w.due_at FROM wakeups w JOIN tenants t ON t.name = w.tenant
            WHERE w.due_at < {now.AddSeconds(-30)} AND t.state = 'Running' ORDER BY w.due_at, w.tenant LIMIT 20
            """, ct);
        if (shells.Table.Find(Site) is null) ModelState.AddModelError("", text["There is no tenant {0}.", Site]);
        else if (await InSiteAsync(ReadAsync, ct) is { } refusal) ModelState.AddModelError("", refusal);
        return Page();
    }

    public Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken ct) =>
        DoAsync("job-cancelled", id, services => services.GetRequiredService<ELearning.Jobs>().CancelAsync(id, ct), text["That job had ended, or is one of a schedule."], ct);

    public Task<IActionResult> OnPostRetryAsync(Guid id, CancellationToken ct) =>
        DoAsync("job-retried", id, services => services.GetRequiredService<ELearning.Jobs>().RetryAsync(id, ct), text["That job has not failed, or is one of a schedule: its next time comes by itself."], ct);

    public Task<IActionResult> OnPostDeliverAsync(Guid id, CancellationToken ct) =>
        DoAsync("fact-retried", id, services => services.GetRequiredService<ParkedFacts>().RetryAsync(id, ct), text["That fact is not parked any more."], ct);

    public Task<IActionResult> OnPostDropAsync(Guid id, CancellationToken ct) =>
        DoAsync("fact-dropped", id, services => services.GetRequiredService<ParkedFacts>().DropAsync(id, ct), text["That fact is not parked any more."], ct);

    private async Task ReadAsync(IServiceProvider services, CancellationToken ct)
    {
        var db = services.GetRequiredService<Db>();
        var conditions = new List<Sql>();
        if (State is { } state) conditions.Add($"state = {state}");
        if (After is { } after) conditions.Add($"id < {after}");
        // Ids carry their time, so the primary key is the order.
        Jobs = await db.ListAsync<JobLine>($"""
            SELECT id, name, state, scheduled, percent, progress, error, attempts, created_at, due_at, ended_at
            FROM jobs WHERE {Sql.And(conditions)} ORDER BY id DESC LIMIT {PageLength + 1}
            """, ct);
        if (Jobs.Count > PageLength)
        {
            Jobs.RemoveAt(PageLength);
            Next = Jobs[^1].Id;
        }
        Parked = await services.GetRequiredService<ParkedFacts>().ListAsync(PageLength, ct);
    }

    private async Task<IActionResult> DoAsync(string act, Guid id, Func<IServiceProvider, Task<bool>> work, string otherwise, CancellationToken ct)
    {
        var done = false;
        if (shells.Table.Find(Site) is not { } slot) return NotFound();
        var refusal = await InSiteAsync(async (services, _) => done = await work(services), ct);
        if (done)
        {
            await audit.WriteAsync(act, new("tenant", slot.Tenant.Id), new { tenant = Site, id }, ct);
            return RedirectToPage(new { site = Site, state = State });
        }

        ModelState.AddModelError("", refusal ?? otherwise);
        return await OnGetAsync(ct);
    }

    /// <returns>Why the tenant could not be opened.</returns>
    private async Task<string?> InSiteAsync(Func<IServiceProvider, CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await using var lease = await shells.LeaseAsync(Site, ct);
            await using var scope = lease.OpenScope();
            scope.Services.GetRequiredService<CurrentActor>().Set(Actor.Platform with { Name = actor.Name });
            await work(scope.Services, ct);
            return null;
        }
        catch (TenantUnavailableException closed)
        {
            return text["{0} is {1}.", closed.Tenant.Name, text[closed.Tenant.State.ToString()]];
        }
    }
}
