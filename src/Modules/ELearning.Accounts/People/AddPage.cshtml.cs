using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using ELearning.Data;
using ELearning.Mail;
using ELearning.Security;
using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Adds one person, with an initial password that is shown once.</summary>
[Requires(PeoplePermissions.Manage)]
internal sealed class AddPage(
    Db db, ELearning.People people, Credentials credentials, PasswordHashes hashes, GiveRoles give, ELearning.Roles roles, RoleTexts words, Audit audit,
    IStringLocalizer<AccountsFeature> T) : PageModel
{
    // Without what looks alike on paper: 14 of these 32 signs are 70 bits.
    private const string Signs = "abcdefghijkmnpqrstuvwxyz23456789";

    [BindProperty]
    public Form Input { get; set; } = new();

    public IReadOnlyList<(Guid Id, string Name)> Roles { get; private set; } = [];

    [TempData]
    public string? Password { get; set; }

    public async Task OnGetAsync(CancellationToken ct) =>
        Roles = [.. (await roles.ListAsync(ct)).Select(role => (role.Id, words.Name(role))).OrderBy(role => role.Item2)];

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (ModelState.IsValid && !Address.TryParse(Input.Email, out _)) ModelState.AddModelError("Input.Email", T["This is no mail address."]);
        if (Input.Role is { } role && await give.WhyNotAsync(role, ct) is { } why) ModelState.AddModelError("Input.Role", why);
        if (ModelState.IsValid)
        {
            var password = RandomNumberGenerator.GetString(Signs, 14);
            // Before the transaction: it takes a processor a tenth of a second.
            if (await AddAsync(await hashes.HashAsync(password, ct), ct) is { } id)
            {
                Password = password;
                this.Say(T["{0} is here, and can sign in.", Input.Name.Trim()].Value);
                return RedirectToPage("/ELearning.Accounts/People/PersonPage", new { id });
            }
            ModelState.AddModelError("Input.Email", T["Somebody here has this address already."]);
        }

        await OnGetAsync(ct);
        return Page();
    }

    private async Task<Guid?> AddAsync(PasswordHash hash, CancellationToken ct) => await db.TransactAsync(async () =>
    {
        if (await credentials.FindAsync(Input.Email, ct) is not null) return (Guid?)null;

        var id = Guid.CreateVersion7();
        await people.AddAsync(id, Input.Name, ct);
        await credentials.AddAsync(new(id, Input.Email, hash) { MustChangePassword = true, IsConfirmed = true }, ct);
        if (Input.Role is { } role) await roles.AssignAsync(id, role, Scope.Tenant, ct);
        await audit.WriteAsync("person-added", new("person", id), new { }, ct, about: id);
        return id;
    }, ct);

    public sealed class Form
    {
        [Display(Name = "Name")]
        [Required(ErrorMessage = "Write the person’s name.")]
        [StringLength(100, ErrorMessage = "Shorten the name to at most 100 characters.")]
        public string Name { get; set; } = "";

        [Display(Name = "Mail address")]
        [Required(ErrorMessage = "Write the mail address by which they sign in.")]
        [StringLength(254, ErrorMessage = "A mail address has at most 254 characters.")]
        [DataType(DataType.EmailAddress)]
        public string Email { get; set; } = "";

        public Guid? Role { get; set; } = ELearning.Roles.Learner;
    }
}
