using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Of people whose role asks for a code: before this is done they have no session.</summary>
[Public("There is no session before this step is done; a sealed cookie says who is on the way in."), Limit(RateGroup.SignIn)]
internal sealed class SetUpAuthenticator(
    SigningIn signingIn, Authenticators authenticators, IDataProtectionProvider protection, Site site, TimeProvider clock, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    internal const string Path = "/sign-in/authenticator";

    [TempData]
    public string? Codes { get; set; }

    [BindProperty]
    public string? SetUp { get; set; }

    [BindProperty]
    public CodeForm Input { get; set; } = new();

    public NewAuthenticator New { get; private set; } = null!; // made before the page is drawn

    public string Title => site.Title;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signingIn.AtAsync(Path, HttpContext, ct) is not var (_, who)) return Redirect(site.Address("/sign-in"));
        New = NewAuthenticator.Make(protection, who.PersonId, who.Email, site.Title);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signingIn.AtAsync(Path, HttpContext, ct) is not var (half, who)) return Redirect(site.Address("/sign-in"));
        if (NewAuthenticator.Open(protection, who.PersonId, SetUp, who.Email, site.Title) is not { } made) return Redirect(site.Address(Path));
        New = made;
        if (!ModelState.IsValid) return Page();
        if (await authenticators.TurnOnAsync(who.PersonId, made.Secret, Input.Code, who.Actor, ct) is not { } codes)
        {
            ModelState.AddModelError("Input.Code", texts["This code does not fit. The app shows a new one every half minute; the phone's clock has to be right."]);
            return Page();
        }

        Codes = ShownCodes.Keep(codes, clock);
        var led = await signingIn.ContinueAsync(HttpContext, who with { TotpSince = clock.GetUtcNow() }, half.Kept, codeGiven: true, half.ReturnTo, ct);
        return Redirect($"{site.Address(RecoveryCodes.Path)}?returnUrl={Uri.EscapeDataString(led)}");
    }
}
