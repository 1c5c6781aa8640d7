using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.SiteAdmin.Settings;

/// <summary>The settings of one feature, each with its default beside it.</summary>
[Requires(SiteAdminFeature.Permissions.Settings)]
internal sealed class Edit(SiteSettingsList list, IStringLocalizer<SiteAdminFeature> texts) : PageModel
{
    public SettingGroup Group { get; private set; } = null!; // every handler begins with it

    /// <summary>That which the form was filled from: a change that somebody else made since is not overwritten.</summary>
    [BindProperty]
    public long Version { get; set; }

    [BindProperty]
    public Dictionary<string, string?> Values { get; set; } = [];

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken ct)
    {
        if (await list.FindAsync(name, ct) is not var (version, group)) return NotFound();
        (Version, Group) = (version, group);
        Values = group.Lines.ToDictionary(line => line.Property, line => line.IsSecret ? "" : SiteSettingsList.Plain(line.Value));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string name, CancellationToken ct)
    {
        if (await list.FindAsync(name, ct) is not var (version, group)) return NotFound();
        Group = group;
        if (await list.ChangeAsync(group, Version, Values, ct) is not { } wrong)
        {
            this.Say(texts["The settings of {0} are saved", group.Feature]);
            return Redirect(Url.Page("/ELearning.SiteAdmin/Settings/Index")!);
        }

        if (wrong.ContainsKey("")) ModelState.Remove(nameof(Version));
        foreach (var (property, why) in wrong)
        {
            if (property == "") ModelState.AddModelError("", texts["Somebody else changed settings meanwhile. Yours are still in the form: look at them and save again."]);
            else ModelState.AddModelError($"Values[{property}]", why);
        }
        if (wrong.ContainsKey("")) Version = version;
        return Page();
    }
}
