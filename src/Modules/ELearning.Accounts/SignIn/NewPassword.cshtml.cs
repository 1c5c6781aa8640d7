using ELearning.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

[Public("There is no session before this step is done; a sealed cookie says who is on the way in."), Limit(RateGroup.SignIn)]
internal sealed class NewPassword(SigningIn signingIn, Credentials credentials, ChosenPassword chosen, PasswordHashes hashes, Site site, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    internal const string Path = "/sign-in/new-password";

    [BindProperty]
    public PasswordForm Chosen { get; set; } = new();

    public string Email { get; private set; } = "";

    public string Hint => chosen.Hint;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signingIn.AtAsync(Path, HttpContext, ct) is not var (_, who)) return Redirect(site.Address("/sign-in"));
        Email = who.Email;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signingIn.AtAsync(Path, HttpContext, ct) is not var (half, who)) return Redirect(site.Address("/sign-in"));
        Email = who.Email;
        if (!ModelState.IsValid || await chosen.TakeAsync(Chosen.Password, ModelState, "Chosen.Password", [who.DisplayName, who.Email], ct) is not { } password) return Page();
        if (await hashes.CheckAsync(who.PasswordHash, Chosen.Password, ct) is not PasswordMatch.No)
        {
            ModelState.AddModelError("Chosen.Password", texts["This is the one that you were given. Take another one."]);
            return Page();
        }

        await credentials.SetPasswordAsync(who.PersonId, password, ct);
        return Redirect(await signingIn.ContinueAsync(HttpContext, who with { PasswordHash = password.Text, MustChangePassword = false }, half.Kept, half.CodeGiven, half.ReturnTo, ct));
    }
}
