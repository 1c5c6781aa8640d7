using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

[Public("Somebody whose session has ended already is led on instead of being asked to sign in first.")]
internal sealed class SignOut(Sessions sessions, Site site, Actor actor, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    [TempData]
    public string? Notice { get; set; }

    public IActionResult OnGet() => actor.IsSignedIn ? Page() : Redirect(site.Address("/sign-in"));

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await sessions.CloseAsync(HttpContext, actor, ct);
        Notice = texts["You are signed out."];
        return Redirect(site.Address("/sign-in"));
    }
}
