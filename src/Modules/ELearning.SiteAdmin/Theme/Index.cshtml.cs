using System.ComponentModel.DataAnnotations;
using System.Globalization;
using ELearning.Shells;
using ELearning.Themes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.SiteAdmin.Theme;

[Requires(SiteAdminFeature.Permissions.Manage)]
[RequestSizeLimit(8 * 1024 * 1024)]
internal sealed class Index(SiteLook looks, BrandFiles files, Site site, IStringLocalizer<SiteAdminFeature> texts) : PageModel
{

    public Look Shown => site.Look;

    public Accent Accent => Accent.Of(Colour.Parse(Shown.Brand.Colour)!.Value); // checked when it was set

    public LookChange? Last { get; private set; }

    public IReadOnlyList<(ThemeInfo Theme, FeatureInfo Feature)> Choices { get; } =
        [.. Shell.Current.Features.SelectMany(feature => feature.Declared.Themes, (feature, theme) => (theme, feature.Info))];

    [BindProperty]
    public Form Input { get; set; } = new();

    public async Task OnGetAsync(CancellationToken ct)
    {
        Input = new() { Theme = Shown.Theme, Colour = Shown.Brand.Colour, Radius = Shown.Brand.Radius };
        Last = await looks.LastAsync(ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Choices.All(choice => choice.Theme.Id != Input.Theme)) ModelState.AddModelError("Input.Theme", texts["Choose one of the themes."]);
        var logo = Input.Logo is { } chosen ? await TakeAsync(chosen, BrandFile.Logo, ct) : null;
        var favicon = Input.Favicon is { } icon ? await TakeAsync(icon, BrandFile.Favicon, ct) : null;
        if (!ModelState.IsValid)
        {
            Last = await looks.LastAsync(ct);
            return Page();
        }

        var brand = new Brand
        {
            Colour = Input.Colour.ToLowerInvariant(),
            Radius = Input.Radius,
            Logo = logo ?? (Input.WithoutLogo ? "" : Shown.Brand.Logo),
            Favicon = favicon ?? (Input.WithoutFavicon ? "" : Shown.Brand.Favicon),
        };
        await looks.PreviewAsync(new(Input.Theme, brand), ct);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostApplyAsync(string? from, CancellationToken ct)
    {
        if (Shown.IsPreview) await looks.ApplyAsync(Shown, ct);
        return BackTo(from);
    }

    public async Task<IActionResult> OnPostDiscardAsync(string? from, CancellationToken ct)
    {
        await looks.DiscardAsync(ct);
        return BackTo(from);
    }

    /// <param name="change">The one that is taken back, as the page named it: not another that somebody made since.</param>
    public async Task<IActionResult> OnPostBackAsync(Guid change, CancellationToken ct)
    {
        if (await looks.LastAsync(ct) is { } last && last.Id == change) await looks.ApplyAsync(last.Look, ct);
        return RedirectToPage();
    }

    public static string Ratio(double contrast) => (Math.Floor(contrast * 10) / 10).ToString("0.0", CultureInfo.CurrentCulture) + ":1";

    private async Task<string?> TakeAsync(IFormFile file, BrandFile kind, CancellationToken ct)
    {
        var taken = await files.TakeAsync(file, kind, ct);
        if (taken.Refusal is { } refusal) ModelState.AddModelError($"Input.{kind}", taken.Argument is { } with ? texts[refusal, with] : texts[refusal]);
        return taken.Hash;
    }

    private LocalRedirectResult BackTo(string? path) =>
        LocalRedirect(path is ['/', not ('/' or '\\'), ..] or "/" ? site.Address(path) : site.Address("/manage/site/theme"));

    public sealed class Form
    {
        public string Theme { get; set; } = "";

        [Display(Name = "Brand colour")]
        [Required(ErrorMessage = "Choose a colour."), RegularExpression("^#[0-9a-fA-F]{6}$", ErrorMessage = "Write a colour as # and six digits, such as #2c5a9d.")]
        public string Colour { get; set; } = "";

        [Display(Name = "Corner radius in pixels")]
        [Range(0, 32, ErrorMessage = "Choose a radius from 0 to 32 pixels.")]
        public int? Radius { get; set; }

        [Display(Name = "Logo")]
        public IFormFile? Logo { get; set; }

        [Display(Name = "Show no logo")]
        public bool WithoutLogo { get; set; }

        [Display(Name = "Favicon")]
        public IFormFile? Favicon { get; set; }

        [Display(Name = "Show no favicon of our own")]
        public bool WithoutFavicon { get; set; }
    }
}
