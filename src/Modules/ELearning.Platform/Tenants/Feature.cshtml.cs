using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform.Tenants;

/// <summary>What switching one feature of a tenant does, and the switch.</summary>
[Requires(PlatformFeature.Permissions.Features)]
internal sealed class Feature(
    Shells.Tenants tenants, FeatureCards cards, SwitchFeatures switches, Audit audit, IStringLocalizer<PlatformFeature> text) : PageModel
{
    public Tenant Tenant { get; private set; } = null!; // set before the page is drawn

    public FeatureEffect Effect { get; private set; } = null!; // as above

    public async Task<IActionResult> OnGetAsync(string name, string feature, CancellationToken ct)
    {
        if (await tenants.FindAsync(name, ct) is not { } tenant || await cards.EffectAsync(tenant, feature, ownAdmin: false, ct) is not { } effect) return NotFound();

        (Tenant, Effect) = (tenant, effect);
        ViewData["Tenant"] = tenant.Title;
        ViewData["Base"] = Url.Content($"~/platform/tenants/{tenant.Name}/features");
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string name, string feature, bool on, CancellationToken ct)
    {
        if (await tenants.FindAsync(name, ct) is not { } tenant) return NotFound();

        var refused = on ? await switches.EnableAsync(name, [feature], ct) : await switches.DisableAsync(name, [feature], dependents: true, ct);
        if (refused is null)
        {
            await audit.WriteAsync(on ? "feature-turned-on" : "feature-turned-off", new("tenant", tenant.Id), new { tenant = tenant.Name, feature }, ct);
            return RedirectToPage("Features", new { name });
        }

        ModelState.AddModelError("", text[refused.Why.Text, refused.Why.Values]);
        return await OnGetAsync(name, feature, ct);
    }
}
