using System.ComponentModel.DataAnnotations;
using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform.Tenants;

/// <summary>Another name for people, another address, another profile of features.</summary>
[Requires(PlatformFeature.Permissions.Tenants)]
internal sealed class Rename(
    Shells.Tenants tenants, ChangeTenant change, FeatureProfiles profiles, Addresses addresses, Actor actor, IStringLocalizer<PlatformFeature> text) : PageModel
{
    public Tenant Tenant { get; private set; } = null!; // set before the page is drawn

    public string Address => addresses.Of(Tenant);

    public IReadOnlyList<FeatureProfile> Profiles { get; private set; } = [];

    [BindProperty]
    public Form Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken ct)
    {
        if (await FindAsync(name, ct) is not { } tenant) return NotFound();

        Input = new() { Title = tenant.Title, Hosts = string.Join(", ", tenant.Hosts), Prefix = tenant.Prefix, Profile = (await profiles.OfAsync(tenant.Id, ct))?.Id };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string name, CancellationToken ct)
    {
        if (await FindAsync(name, ct) is not { } tenant) return NotFound();
        if (!tenant.IsPlatform && Input.HostNames.Length == 0 && Input.CleanPrefix is null)
            ModelState.AddModelError("Input.Prefix", text["Write a host name, a path prefix or both: people must find the site somewhere."]);
        if (ModelState.IsValid)
        {
            if (await change.RenameAsync(name, Input.Title, Input.HostNames, Input.CleanPrefix, actor, ct) is not { } refusal)
            {
                await profiles.ChooseAsync(tenant.Id, Input.Profile, ct);
                return RedirectToPage("Show", new { name });
            }
            ModelState.AddModelError("", text[refusal.Text, refusal.Values]);
        }
        return Page();
    }

    private async Task<Tenant?> FindAsync(string name, CancellationToken ct)
    {
        if (await tenants.FindAsync(name, ct) is not { } tenant) return null;

        Tenant = tenant;
        Profiles = await profiles.ListAsync(ct);
        return tenant;
    }

    public sealed class Form
    {
        [Display(Name = "Name of the organisation")]
        [Required(ErrorMessage = "Write the name that people will read.")]
        public string Title { get; set; } = "";

        [Display(Name = "Host names")]
        public string? Hosts { get; set; }

        [Display(Name = "Path prefix")]
        public string? Prefix { get; set; }

        public Guid? Profile { get; set; }

        public string[] HostNames => Hosts?.ToLowerInvariant().Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

        public string? CleanPrefix => string.IsNullOrWhiteSpace(Prefix) ? null : Prefix.Trim().Trim('/').ToLowerInvariant();
    }
}
