using ELearning.Shells;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Platform.SiteFeatures;

[Requires(SiteFeaturesFeature.Switch)]
internal sealed class Index(Tenant tenant, FeatureCards cards) : PageModel
{
    public IReadOnlyList<IGrouping<string, FeatureCard>> Cards { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Cards = await cards.ListAsync(tenant, ownAdmin: true, ct);
        ViewData["Base"] = Url.Content("~/manage/settings/features");
    }
}
