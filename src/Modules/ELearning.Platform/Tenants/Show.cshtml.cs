using ELearning.Data;
using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform.Tenants;

[Requires(PlatformFeature.Permissions.Tenants)]
internal sealed class Show(
    TenantList list, Shells.Tenants tenants, TenantFigures figures, ChangeTenant change, DeleteTenant delete, RecipeRuns runs, FeatureProfiles profiles,
    ShellHost shells, Addresses addresses, StatementMeter meter, Actor actor, IStringLocalizer<PlatformFeature> text) : PageModel
{
    public TenantRow Row { get; private set; } = null!; // set before the page is drawn

    public Tenant Tenant { get; private set; } = null!; // as above

    public string Address => addresses.Of(Tenant);

    public IReadOnlyList<(string Name, long Value)> Figures { get; private set; } = [];

    public ArchivedSince? Archived { get; private set; }

    public IReadOnlyList<RunLine> Runs { get; private set; } = [];

    public FeatureProfile? Profile { get; private set; }

    /// <summary>Of this host's last try to start it.</summary>
    public ActivationFailure? Failure => shells.Table.Find(Row.Name)?.Failure;

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken ct)
    {
        if (await list.FindAsync(name, ct) is not { } row || await tenants.FindAsync(name, ct) is not { } tenant) return NotFound();

        (Row, Tenant) = (row, tenant);
        Figures = [.. (await figures.OfAsync([row.Id], meter, ct))[row.Id].Where(figure => figure.Name is not (TenantFigures.People or TenantFigures.Storage))];
        Archived = await delete.FindAsync(row.Name, ct);
        Runs = await runs.LatestAsync(row.Id, 5, ct);
        Profile = await profiles.OfAsync(row.Id, ct);
        return Page();
    }

    public Task<IActionResult> OnPostResumeAsync(string name, CancellationToken ct) => DoAsync(name, change.ResumeAsync(name, actor, ct), ct);

    public Task<IActionResult> OnPostTryAgainAsync(string name, CancellationToken ct) => DoAsync(name, change.TryAgainAsync(name, actor, ct), ct);

    public Task<IActionResult> OnPostRestoreAsync(string name, CancellationToken ct) => DoAsync(name, delete.UndoAsync(name, actor, ct), ct);

    private async Task<IActionResult> DoAsync(string name, Task<Refusal?> act, CancellationToken ct)
    {
        if (await act is not { } refusal) return RedirectToPage(new { name });

        ModelState.AddModelError("", text[refusal.Text, refusal.Values]);
        return await OnGetAsync(name, ct);
    }
}
