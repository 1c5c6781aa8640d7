using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.BaseTheme;

/// <summary>People, screens, and whatever else features let people look for.</summary>
[SignedIn]
internal sealed class Search(SearchBox box) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Q { get; set; }

    public IReadOnlyList<SearchHit> Hits { get; private set; } = [];

    public async Task OnGetAsync() => Hits = await box.FindAsync(HttpContext, Q);
}
