using System.ComponentModel.DataAnnotations;
using ELearning.Mail;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

[Public("Whoever signs up is not known before."), Limit(RateGroup.Mail)]
internal sealed class SignUp(Arrivals arrivals, AccountSettings settings, Site site, Actor actor, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    /// <summary>Name and address, for the page after the form.</summary>
    [TempData]
    public string[]? Sent { get; set; }

    public string? SentTo { get; private set; }

    [BindProperty]
    public Form Input { get; set; } = new();

    public string SignInUrl => site.Address("/sign-in");

    public string Self => site.Address("/sign-up");

    public LocalizedString? WhyNot => settings.SignUp switch
    {
        SignUpMode.Open => (LocalizedString?)null,
        SignUpMode.ByInvitation => texts["People come to {0} by invitation. If you have been invited, follow the link in the letter; else ask those who run the site.", site.Title],
        _ => texts["Accounts at {0} are made by those who run the site. Ask them for one.", site.Title],
    };

    public IActionResult OnGet()
    {
        if (actor.IsSignedIn) return Redirect(site.Home);
        if (Sent is [var name, var address]) (Input, SentTo) = (new() { Name = name, Email = address }, address);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (WhyNot is not null) return Page();
        if (!Address.TryParse(Input.Email, out var address)) ModelState.TryAddModelError("Input.Email", texts["Mail cannot be sent to this address. Please look at it once more."]);
        if (!ModelState.IsValid || address is null) return Page();

        await arrivals.SignUpAsync(Input.Name.Trim(), address, ct);
        Sent = [Input.Name.Trim(), address.Text];
        return RedirectToPage();
    }

    public sealed class Form
    {
        [Display(Name = "Your name")]
        [Required(ErrorMessage = "Write your name.")]
        [StringLength(100, ErrorMessage = "Shorten your name to at most 100 characters.")]
        public string Name { get; set; } = "";

        [Display(Name = "Mail address"), DataType(DataType.EmailAddress)]
        [Required(ErrorMessage = "Write your mail address.")]
        [StringLength(254, ErrorMessage = "A mail address has at most 254 characters.")]
        public string Email { get; set; } = "";
    }
}
