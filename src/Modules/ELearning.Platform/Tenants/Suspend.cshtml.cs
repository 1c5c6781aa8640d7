using System.ComponentModel.DataAnnotations;
using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform.Tenants;

[Requires(PlatformFeature.Permissions.Tenants)]
internal sealed class Suspend(TenantList list, ChangeTenant change, Actor actor, IStringLocalizer<PlatformFeature> text) : PageModel
{
    public TenantRow Row { get; private set; } = null!; // set before the page is drawn

    [BindProperty]
    public Form Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken ct)
    {
        if (await list.FindAsync(name, ct) is not { } row) return NotFound();

        Row = row;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string name, CancellationToken ct)
    {
        if (ModelState.IsValid)
        {
            if (await change.SuspendAsync(name, Input.Reason, actor, ct) is not { } refusal) return RedirectToPage("Show", new { name });
            ModelState.AddModelError("", text[refusal.Text, refusal.Values]);
        }
        return await OnGetAsync(name, ct);
    }

    public sealed class Form
    {
        [Display(Name = "What its visitors read")]
        [StringLength(500, ErrorMessage = "Shorten this to at most 500 characters.")]
        public string? Reason { get; set; }
    }
}
