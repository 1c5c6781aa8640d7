using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

[SignedIn, NotWhileActing, Limit(RateGroup.SignIn)]
internal sealed class OwnAuthenticator(
    Credentials credentials, Authenticators authenticators, IDataProtectionProvider protection, Site site, Actor actor, TimeProvider clock, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    internal const string Path = "/account/security/authenticator";

    [TempData]
    public string? Codes { get; set; }

    [BindProperty]
    public string? SetUp { get; set; }

    [BindProperty]
    public CodeForm Input { get; set; } = new();

    public NewAuthenticator New { get; private set; } = null!; // made before the page is drawn

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        // Another one takes the place of what is there only after that was turned off with the password.
        if (await credentials.FindAsync(actor.Id, ct) is not { TotpSince: null } account) return Redirect(site.Address(SecurityPage.Path));
        New = NewAuthenticator.Make(protection, actor.Id, account.Email, site.Title);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await credentials.FindAsync(actor.Id, ct) is not { TotpSince: null } account) return Redirect(site.Address(SecurityPage.Path));
        if (NewAuthenticator.Open(protection, actor.Id, SetUp, account.Email, site.Title) is not { } made) return Redirect(site.Address(Path));
        New = made;
        if (!ModelState.IsValid) return Page();
        if (await authenticators.TurnOnAsync(actor.Id, made.Secret, Input.Code, actor, ct) is not { } codes)
        {
            ModelState.AddModelError("Input.Code", texts["This code does not fit. The app shows a new one every half minute; the phone's clock has to be right."]);
            return Page();
        }

        Codes = ShownCodes.Keep(codes, clock);
        return Redirect(site.Address(RecoveryCodes.Path));
    }
}
