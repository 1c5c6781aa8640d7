using ELearning.Shells;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.BaseTheme;

/// <summary>What a site shows at its root until it has a home of its own.</summary>
[Public("A site's front door.")]
internal sealed class Welcome(Site site, Tenant tenant) : PageModel
{
    public Site Site => site;

    public string Tenant => tenant.Name;
}
