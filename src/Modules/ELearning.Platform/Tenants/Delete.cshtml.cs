using System.ComponentModel.DataAnnotations;
using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform.Tenants;

[Requires(PlatformFeature.Permissions.Tenants)]
internal sealed class Delete(TenantList list, DeleteTenant delete, ELearning.Jobs jobs, Actor actor, TimeProvider clock, IStringLocalizer<PlatformFeature> text) : PageModel
{
    public TenantRow Row { get; private set; } = null!; // set before the page is drawn

    public DateTimeOffset GoneAt => clock.GetUtcNow() + DeleteTenant.Grace;

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
            if (await delete.RunAsync(name, Input.Name, actor, ct) is not { } refusal)
            {
                // The export may take minutes: nobody waits for it, and nothing is deleted before it is there.
                await jobs.EnqueueAsync(SweepArchived.Name, requestedBy: actor.Person, ct: ct);
                return RedirectToPage("Show", new { name });
            }
            ModelState.AddModelError("Input.Name", text[refusal.Text, refusal.Values]);
        }
        return await OnGetAsync(name, ct);
    }

    public sealed class Form
    {
        [Display(Name = "Its short name, to be sure")]
        [Required(ErrorMessage = "Type its short name to say that this is the one.")]
        public string Name { get; set; } = "";
    }
}
