using System.ComponentModel.DataAnnotations;
using ELearning.Mail;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

[Public("Whoever has forgotten the password cannot sign in."), Limit(RateGroup.Mail)]
internal sealed class Forgot(Arrivals arrivals, Site site, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    [TempData]
    public string? SentTo { get; set; }

    [BindProperty]
    public Form Input { get; set; } = new();

    public string SignInUrl => site.Address("/sign-in");

    public string Self => site.Address("/forgot");

    public void OnGet() => Input.Email = SentTo ?? "";

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!Address.TryParse(Input.Email, out var address)) ModelState.TryAddModelError("Input.Email", texts["Mail cannot be sent to this address. Please look at it once more."]);
        if (!ModelState.IsValid || address is null) return Page();

        await arrivals.ForgetAsync(address, ct);
        SentTo = address.Text;
        return RedirectToPage();
    }

    public sealed class Form
    {
        [Display(Name = "Mail address"), DataType(DataType.EmailAddress)]
        [Required(ErrorMessage = "Write your mail address.")]
        [StringLength(254, ErrorMessage = "A mail address has at most 254 characters.")]
        public string Email { get; set; } = "";
    }
}
