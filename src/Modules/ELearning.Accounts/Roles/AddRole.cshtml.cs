using System.ComponentModel.DataAnnotations;
using ELearning.Data;
using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>An own role, empty or as a copy of another one.</summary>
[Requires(ELearning.Roles.ManagePermission)]
internal sealed class AddRole(Db db, ELearning.Roles roles, Actor actor, RoleTexts words, IStringLocalizer<AccountsFeature> T) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid? Copy { get; set; }

    public IReadOnlyList<(Guid Id, string Name)> Others { get; private set; } = [];

    [BindProperty]
    public Form Input { get; set; } = new();

    public async Task OnGetAsync(CancellationToken ct) => Offer(await roles.ListAsync(ct));

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var all = await roles.ListAsync(ct);
        var copied = Copy is null ? null : all.FirstOrDefault(role => role.Id == Copy);
        if (Copy is not null && copied is null) ModelState.AddModelError(nameof(Copy), T["The role to copy is gone meanwhile. Choose another one."]);
        if (copied is not null && !(await Reach.OfAsync(db, actor.Id, ct)).Covers(copied))
            ModelState.AddModelError(nameof(Copy), T["You can give only what you may do yourself, and {0} allows more.", words.Name(copied)]);

        if (ModelState.IsValid)
        {
            var added = await roles.AddAsync(Input.Name.Trim(), Input.Description?.Trim() ?? "", copied is null ? [] : [.. copied.Permissions], ct);
            if (added is { } id)
            {
                this.Say(T["The role is there. Choose what it allows."].Value);
                return RedirectToPage("/ELearning.Accounts/Roles/RolePage", new { id });
            }
            ModelState.AddModelError("Input.Name", words.Refusal(RoleRefusal.NameTaken));
        }

        Offer(all);
        return Page();
    }

    private void Offer(IReadOnlyList<Role> all) => Others = [.. all.Select(role => (role.Id, words.Name(role))).OrderBy(role => role.Item2)];

    public sealed class Form
    {
        [Display(Name = "Name")]
        [Required(ErrorMessage = "Give the role a name.")]
        [StringLength(100, ErrorMessage = "Shorten the name to at most 100 characters.")]
        public string Name { get; set; } = "";

        [Display(Name = "What it is for")]
        [StringLength(300, ErrorMessage = "Shorten the description to at most 300 characters.")]
        public string? Description { get; set; }
    }
}
