using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

[Public("Whoever signs in is not known before."), Limit(RateGroup.SignIn)]
internal sealed class SignIn(SigningIn signingIn, AccountSettings settings, Site site, Actor actor, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    /// <summary>What another page has to say to somebody who arrives here.</summary>
    [TempData]
    public string? Notice { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    [BindProperty]
    public Form Input { get; set; } = new();

    public bool MaySignUp => settings.SignUp == SignUpMode.Open;

    public string SignUp => site.Address("/sign-up");

    public string Forgot => site.Address("/forgot");

    public IActionResult OnGet() => actor.IsSignedIn ? Redirect(ReturnTo.Local(ReturnUrl, site)) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return Page();

        switch (await signingIn.ByPasswordAsync(HttpContext, Input.Email, Input.Password, Input.Kept, ReturnTo.Local(ReturnUrl, site), ct))
        {
            case GoOn next: return Redirect(next.Path);
            case HasToWait { Wait: var wait }: Refuse(texts["There were several tries that did not fit. Please wait {0}, then try again.", InWords.Wait(wait, texts)]); break;
            case IsSuspended: Refuse(texts["This account is suspended. Ask those who run {0}.", site.Title]); break;
            case DoesNotFit { Left: 0 }: Refuse(texts["Address and password do not fit together. There is a pause before the next try."]); break;
            case DoesNotFit { Left: 1 }: Refuse(texts["Address and password do not fit together. One try is left before a pause."]); break;
            case DoesNotFit { Left: <= 3 and var left }: Refuse(texts["Address and password do not fit together. {0} tries are left before a pause.", left]); break;
            default: Refuse(texts["Address and password do not fit together."]); break;
        }
        return Page();
    }

    private void Refuse(string why) => ModelState.AddModelError("Input.Password", why);

    public sealed class Form
    {
        [Display(Name = "Mail address"), DataType(DataType.EmailAddress)]
        [Required(ErrorMessage = "Write your mail address.")]
        [StringLength(254, ErrorMessage = "A mail address has at most 254 characters.")]
        public string Email { get; set; } = "";

        [Display(Name = "Password"), DataType(DataType.Password)]
        [Required(ErrorMessage = "Write your password.")]
        [StringLength(128, ErrorMessage = "A password has at most 128 characters.")]
        public string Password { get; set; } = "";

        [Display(Name = "Keep me signed in on this device")]
        public bool Kept { get; set; }
    }
}
