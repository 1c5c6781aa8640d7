using ELearning.Shells;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.BaseTheme;

/// <summary>What a site shows at its root until it has a home of its own.</summary>
[Public("A site's front door.")]
internal sealed class Welcome(Tenant tenant) : PageModel
{
    public string Tenant => tenant.Name;

    public bool HasFeatures => tenant.Features.Length > 0;
}
