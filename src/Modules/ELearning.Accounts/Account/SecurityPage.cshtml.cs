using System.ComponentModel.DataAnnotations;
using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

[SignedIn, NotWhileActing, Limit(RateGroup.SignIn)]
internal sealed class SecurityPage(
    OwnSecurity own, Credentials credentials, Sessions sessions, ChosenPassword chosen, Authenticators authenticators, Site site, Clockface wall, Actor actor,
    TimeProvider clock, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    internal const string Path = "/account/security";

    [TempData]
    public string? Codes { get; set; }

    [BindProperty]
    public ChangeForm Change { get; set; } = new();

    [BindProperty]
    public ConfirmForm Confirm { get; set; } = new();

    public Account Account { get; private set; } = null!; // read before anything else

    public IReadOnlyList<OpenSession> Sessions { get; private set; } = [];

    public int CodesLeft { get; private set; }

    public bool IsRequired { get; private set; }

    public Guid? ThisOne => actor.Session;

    public string Hint => chosen.Hint;

    public string SetUp => site.Address(OwnAuthenticator.Path);

    public string CodesLeftInWords => CodesLeft switch
    {
        0 => texts["No recovery code is left. Make new ones, or a lost phone keeps you out."],
        1 => texts["One recovery code is left. Make new ones soon."],
        _ => texts["{0} recovery codes are left.", CodesLeft],
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await ReadAsync(ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostEndAsync(Guid id, CancellationToken ct)
    {
        if (await sessions.RevokeAsync(actor.Id, id, ct)) this.Say(texts["That device is signed out."]);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostEndOthersAsync(CancellationToken ct)
    {
        await sessions.RevokeAllAsync(actor.Id, actor.Session, ct);
        this.Say(texts["You are signed in here only."]);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostPasswordAsync(CancellationToken ct)
    {
        if (!await ReadAsync(ct)) return NotFound();
        KeepOnly(nameof(Change));
        if (!ModelState.IsValid || await own.ProveAsync(HttpContext, Change.Current, ct) is { } why && Refuse("Change.Current", why)) return Page();
        if (await chosen.TakeAsync(Change.Password, ModelState, "Change.Password", [actor.Name, Account.Email], ct) is not { } password) return Page();

        await own.ChangeAsync(Account, password, ct);
        this.Say(chosen.Praise(Change.Password));
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostNewCodesAsync(CancellationToken ct)
    {
        if (await ConfirmAsync(ct) is { } refused) return refused;
        Codes = ShownCodes.Keep(await authenticators.RenewAsync(actor.Id, ct), clock);
        return Redirect(site.Address(RecoveryCodes.Path));
    }

    public async Task<IActionResult> OnPostTurnOffAsync(CancellationToken ct)
    {
        if (await ConfirmAsync(ct) is { } refused) return refused;
        if (!IsRequired)
        {
            await authenticators.TurnOffAsync(actor.Id, ct);
            this.Say(texts["The authenticator is off. Your password alone lets you in."]);
        }
        return RedirectToPage();
    }

    public string When(DateTimeOffset at) => wall.Say(at, "g");

    private async Task<bool> ReadAsync(CancellationToken ct)
    {
        if (await credentials.FindAsync(actor.Id, ct) is not { } account) return false;
        Account = account;
        Sessions = await sessions.OfAsync(actor.Id, ct);
        if (account.TotpSince is null) return true;
        CodesLeft = await authenticators.LeftAsync(actor.Id, ct);
        IsRequired = await own.IsTotpRequiredAsync(ct);
        return true;
    }

    private async Task<IActionResult?> ConfirmAsync(CancellationToken ct)
    {
        if (!await ReadAsync(ct)) return NotFound();
        KeepOnly(nameof(Confirm));
        return !ModelState.IsValid || await own.ProveAsync(HttpContext, Confirm.Password, ct) is { } why && Refuse("Confirm.Password", why) ? Page() : null;
    }

    // The page has several forms, and what is missing in those that were not sent is no mistake.
    private void KeepOnly(string form)
    {
        foreach (var key in ModelState.Keys.Where(key => !key.StartsWith(form + ".", StringComparison.Ordinal)).ToList()) ModelState.Remove(key);
    }

    private bool Refuse(string field, string why)
    {
        ModelState.AddModelError(field, why);
        return true;
    }

    public sealed class ChangeForm
    {
        [Display(Name = "Current password"), DataType(DataType.Password)]
        [Required(ErrorMessage = "Write your current password.")]
        [StringLength(128, ErrorMessage = "A password has at most 128 characters.")]
        public string Current { get; set; } = "";

        [Display(Name = "New password"), DataType(DataType.Password)]
        [Required(ErrorMessage = "Choose a password.")]
        public string Password { get; set; } = "";
    }

    public sealed class ConfirmForm
    {
        [Display(Name = "Your password"), DataType(DataType.Password)]
        [Required(ErrorMessage = "Write your password.")]
        [StringLength(128, ErrorMessage = "A password has at most 128 characters.")]
        public string Password { get; set; } = "";
    }
}
