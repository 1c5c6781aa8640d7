using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Accounts;

/// <summary>For whom one acts, and the way back.</summary>
[SignedIn]
internal sealed class Acting(ActAs actAs, Actor actor) : PageModel
{
    public string Name => actor.Name;

    public IActionResult OnGet() => actor.ActedBy is null ? LocalRedirect(Url.Content("~/")) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct) =>
        LocalRedirect(Url.Content(await actAs.StopAsync(HttpContext, ct) is { } person ? $"~/manage/people/{person}" : "~/"));
}
