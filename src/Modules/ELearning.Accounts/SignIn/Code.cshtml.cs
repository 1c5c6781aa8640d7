using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

[Public("There is no session before this step is done; a sealed cookie says who is on the way in."), Limit(RateGroup.SignIn)]
internal sealed class Code(SigningIn signingIn, SignInFailures failures, Authenticators authenticators, Site site, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    internal const string Path = "/sign-in/code";

    [BindProperty]
    public CodeForm Input { get; set; } = new();

    public string Title => site.Title;

    public string SignInUrl => site.Address("/sign-in");

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) =>
        await signingIn.AtAsync(Path, HttpContext, ct) is null ? Redirect(SignInUrl) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signingIn.AtAsync(Path, HttpContext, ct) is not var (half, who)) return Redirect(SignInUrl);
        if (!ModelState.IsValid) return Page();

        var tried = signingIn.TriedBy(HttpContext, who);
        var turn = await failures.TakeAsync(tried, ct);
        if (turn.Wait > TimeSpan.Zero)
            ModelState.AddModelError("Input.Code", texts["There were several tries that did not fit. Please wait {0}, then try again.", InWords.Wait(turn.Wait, texts)]);
        else if (!await authenticators.TakeAsync(who, Input.Code, who.Actor, ct))
            ModelState.AddModelError("Input.Code", texts["This code does not fit, or was used already. The app shows a new one every half minute; the phone's clock has to be right."]);
        if (!ModelState.IsValid) return Page();

        await failures.ForgetAsync(tried, ct);
        return Redirect(await signingIn.ContinueAsync(HttpContext, who, half.Kept, codeGiven: true, half.ReturnTo, ct));
    }
}
