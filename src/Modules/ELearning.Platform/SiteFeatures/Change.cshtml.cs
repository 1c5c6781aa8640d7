using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform.SiteFeatures;

[Requires(SiteFeaturesFeature.Switch)]
internal sealed class Change(Tenant tenant, FeatureCards cards, SwitchFeatures switches, Audit audit, IStringLocalizer<PlatformFeature> text) : PageModel
{
    public FeatureEffect Effect { get; private set; } = null!; // set before the page is drawn

    public async Task<IActionResult> OnGetAsync(string feature, CancellationToken ct)
    {
        if (await cards.EffectAsync(tenant, feature, ownAdmin: true, ct) is not { } effect) return NotFound();

        Effect = effect;
        ViewData["Tenant"] = tenant.Title;
        ViewData["Base"] = Url.Content("~/manage/settings/features");
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string feature, bool on, CancellationToken ct)
    {
        // Not by what this page showed: the kernel asks the profile again.
        var refused = on
            ? await switches.EnableAsync(tenant.Name, [feature], ct, ownAdmin: true)
            : await switches.DisableAsync(tenant.Name, [feature], dependents: true, ct, ownAdmin: true);
        if (refused is null)
        {
            await audit.WriteAsync(on ? "feature-turned-on" : "feature-turned-off", new("tenant", tenant.Id), new { feature }, ct);
            return RedirectToPage("Index");
        }

        ModelState.AddModelError("", text[refused.Why.Text, refused.Why.Values]);
        return await OnGetAsync(feature, ct);
    }
}
