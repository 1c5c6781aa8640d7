using System.ComponentModel.DataAnnotations;
using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform.Features;

/// <summary>One profile: <c>new</c> in the place of its id makes one.</summary>
[Requires(PlatformFeature.Permissions.Features)]
internal sealed class Profile(FeatureProfiles profiles, FeatureCatalog catalog, FeatureCards cards, Audit audit, IStringLocalizer<PlatformFeature> text) : PageModel
{
    [BindProperty]
    public Form Input { get; set; } = new();

    public bool IsNew { get; private set; }

    public IReadOnlyList<(string Id, string Name, string Description)> Choices { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct)
    {
        if (!await OpenAsync(id, ct)) return NotFound();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string id, CancellationToken ct)
    {
        var sent = Input;
        if (!await OpenAsync(id, ct)) return NotFound();

        Input = sent;
        if (!ModelState.IsValid) return Page();

        var known = Input.Features.Where(feature => Choices.Any(choice => choice.Id == feature)).ToArray();
        Guid? saved = IsNew ? null : Guid.Parse(id);
        Refusal? refusal;
        if (saved is { } profile) refusal = await profiles.SaveAsync(new(profile, Input.Name, known, Input.Revision), ct);
        else (saved, refusal) = await profiles.AddAsync(Input.Name, known, ct);
        if (refusal is null)
        {
            await audit.WriteAsync(IsNew ? "feature-profile-added" : "feature-profile-changed", new("feature-profile", saved!.Value), new { Input.Name, features = known }, ct);
            return RedirectToPage("Index");
        }

        ModelState.AddModelError("Input.Name", text[refusal.Text, refusal.Values]);
        return Page();
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id, CancellationToken ct)
    {
        await profiles.RemoveAsync(id, ct);
        await audit.WriteAsync("feature-profile-removed", new("feature-profile", id), new { }, ct);
        return RedirectToPage("Index");
    }

    private async Task<bool> OpenAsync(string id, CancellationToken ct)
    {
        IsNew = id == "new";
        Choices = [.. catalog.All.Where(feature => feature.Info is { AlwaysOn: false, PlatformOnly: false, OnWhenAll.Length: 0 })
            .Select(feature => (feature.Id, cards.Name(feature.Id), cards.Text(feature, feature.Info.Description)))];
        if (IsNew) return true;
        if (!Guid.TryParse(id, out var profile) || await profiles.FindAsync(profile, ct) is not { } found) return false;

        Input = new() { Name = found.Name, Features = found.Features, Revision = found.Revision };
        return true;
    }

    public sealed class Form
    {
        [Display(Name = "Name")]
        [Required(ErrorMessage = "Write a name, such as Schools.")]
        [StringLength(100, ErrorMessage = "Shorten the name to at most 100 characters.")]
        public string Name { get; set; } = "";

        public string[] Features { get; set; } = [];

        public int Revision { get; set; }
    }
}
