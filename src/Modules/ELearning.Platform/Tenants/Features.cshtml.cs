using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Platform.Tenants;

[Requires(PlatformFeature.Permissions.Features)]
internal sealed class Features(Shells.Tenants tenants, FeatureCards cards) : PageModel
{
    public Tenant Tenant { get; private set; } = null!; // set before the page is drawn

    public IReadOnlyList<IGrouping<string, FeatureCard>> Cards { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken ct)
    {
        if (await tenants.FindAsync(name, ct) is not { } tenant) return NotFound();

        Tenant = tenant;
        Cards = await cards.ListAsync(tenant, ownAdmin: false, ct);
        ViewData["Base"] = Url.Content($"~/platform/tenants/{tenant.Name}/features");
        return Page();
    }
}
