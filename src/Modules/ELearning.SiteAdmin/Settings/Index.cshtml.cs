using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using ELearning.Settings;
using ELearning.Shells;
using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Localization;

namespace ELearning.SiteAdmin.Settings;

/// <summary>The site itself - title, language, zone, home - and a list of what all features can be told.</summary>
[Requires(SiteAdminFeature.Permissions.Settings)]
internal sealed class Index(
    Tenant tenant, SiteSettings site, SiteSettingsList list, TenantSettings settings, FeaturesInForce features, Audit audit, Actor actor,
    IStringLocalizer<SiteAdminFeature> texts) : PageModel
{
    public IReadOnlyList<SettingGroup> Groups { get; private set; } = [];

    [BindProperty(SupportsGet = true, Name = "q")]
    [StringLength(100)]
    public string? Search { get; set; }

    [BindProperty]
    public Form Input { get; set; } = new();

    public IEnumerable<SelectListItem> Languages =>
        Web.Languages.Complete.Append(tenant.Culture).Distinct().Select(CultureInfo.GetCultureInfo).Select(culture => new SelectListItem(culture.NativeName, culture.Name));

    public static IEnumerable<SelectListItem> Zones =>
        TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => id.Contains('/') || id == "UTC").Order(StringComparer.Ordinal).Select(id => new SelectListItem(id, id));

    /// <summary>Pages that the menu leads learners to, and the one that is home now.</summary>
    public IEnumerable<SelectListItem> Homes =>
        Shell.Current.Navigation.Where(item => item is { Permission: null } && item.Area.StartsWith("learn.", StringComparison.Ordinal))
            .Select(item => new SelectListItem($"{features.Text(item.Feature, item.Text)} ({item.Page})", item.Page))
            .Concat(site.HomeRoute == "" ? [] : [new SelectListItem(site.HomeRoute, site.HomeRoute)])
            .Prepend(new(texts["The welcome page"], "")).DistinctBy(choice => choice.Value);

    public async Task OnGetAsync(CancellationToken ct)
    {
        Input = new() { Title = tenant.Title, Culture = tenant.Culture, Zone = tenant.Zone, Home = site.HomeRoute };
        await ReadAsync(ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Refuse(Input.Culture, Languages, "Input.Culture", "Choose one of these languages.");
        Refuse(Input.Zone, Zones, "Input.Zone", "Choose one of these time zones.");
        Refuse(Input.Home ?? "", Homes, "Input.Home", "Choose one of these pages.");
        if (!ModelState.IsValid)
        {
            await ReadAsync(ct);
            return Page();
        }

        var home = new Dictionary<string, JsonObject> { ["Site"] = new() { [nameof(SiteSettings.HomeRoute)] = Input.Home ?? "" } };
        await settings.ApplyAsync(tenant.Name, home, row => row with { Title = Input.Title.Trim(), Culture = Input.Culture, Zone = Input.Zone }, actor.Id.ToString(), ct);
        await audit.WriteAsync("site-changed", Scope.Tenant, new
        {
            From = new { tenant.Title, tenant.Culture, tenant.Zone, Home = site.HomeRoute },
            To = new { Input.Title, Input.Culture, Input.Zone, Home = Input.Home ?? "" },
        }, ct);
        this.Say(texts["The site's settings are saved"]);
        return RedirectToPage();
    }

    private async Task ReadAsync(CancellationToken ct) => (_, Groups) = await list.ReadAsync(Search, ct);

    private void Refuse(string value, IEnumerable<SelectListItem> choices, string field, string why)
    {
        if (choices.All(choice => choice.Value != value)) ModelState.AddModelError(field, texts[why]);
    }

    public sealed class Form
    {
        [Display(Name = "Name of the site")]
        [Required(ErrorMessage = "Write a name; people see it on every page.")]
        [StringLength(200, ErrorMessage = "Shorten the name to at most 200 characters.")]
        public string Title { get; set; } = "";

        [Display(Name = "Language")]
        public string Culture { get; set; } = "";

        [Display(Name = "Time zone")]
        public string Zone { get; set; } = "";

        [Display(Name = "Home page")]
        public string? Home { get; set; }
    }
}
