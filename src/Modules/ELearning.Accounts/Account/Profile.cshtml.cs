using System.ComponentModel.DataAnnotations;
using System.Globalization;
using ELearning.Blobs;
using ELearning.Data;
using ELearning.Shells;
using ELearning.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>What others see of oneself, and how the site speaks to one.</summary>
[SignedIn]
[RequestSizeLimit(Images.MostBytes + 1024 * 1024), RequestFormLimits(MultipartBodyLengthLimit = Images.MostBytes + 1024 * 1024)]
internal sealed class Profile(
    Db db, ELearning.People people, Pictures pictures, Images images, Actor actor, Tenant tenant, Audit audit, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    [BindProperty]
    public Form Input { get; set; } = new();

    [BindProperty]
    public IFormFile? Picture { get; set; }

    [BindProperty]
    public PicturePart Part { get; set; }

    [BindProperty]
    public PictureZoom Zoom { get; set; }

    public string Name { get; private set; } = "";

    /// <summary>The name of the picture that is shown; null when there is none.</summary>
    public string? Shown { get; private set; }

    public string TenantZone => tenant.Zone;

    public IReadOnlyList<CultureInfo> Languages => ELearning.Web.Languages.Offered(tenant.Culture);

    public static IEnumerable<string> Zones => TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.HasIanaId).Select(zone => zone.Id).Order(StringComparer.Ordinal);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await ReadAsync(ct) is not { } own) return NotFound();
        Input = new() { Name = own.DisplayName, Language = own.Culture, Zone = own.Zone };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        ModelState.Remove(nameof(Picture));
        if (Input.Language is { } language && !Languages.Any(offered => offered.Name == language))
            ModelState.AddModelError("Input.Language", texts["Choose one of the languages of the list."]);
        if (Input.Zone is { } zone && !Zones.Contains(zone))
            ModelState.AddModelError("Input.Zone", texts["Choose a time zone of the list, such as Europe/Berlin."]);
        if (Input.Name is { } name && name.Any(char.IsControl)) ModelState.AddModelError("Input.Name", texts["The name has characters that cannot be read."]);
        if (!ModelState.IsValid) return await AgainAsync(ct);

        await db.TransactAsync(async () =>
        {
            await people.RenameAsync(actor.Id, Input.Name, ct);
            await people.PreferAsync(actor.Id, Input.Language, Input.Zone, ct);
            await audit.WriteAsync("profile-changed", new("person", actor.Id), new { }, ct, about: actor.Id);
        }, ct);
        this.Say(texts["Your profile is saved"]);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostPictureAsync(CancellationToken ct)
    {
        ModelState.Clear();
        if (Picture is null or { Length: 0 }) ModelState.AddModelError(nameof(Picture), texts["Choose a picture first."]);
        else
        {
            await using var sent = Picture.OpenReadStream();
            var outcome = await images.CutAsync(sent, Pictures.Side, Pictures.Side, Focus(Part, Zoom), ct);
            if (outcome is ImageMade made) await pictures.KeepAsync(actor.Id, made, ct);
            else if (outcome is ImageRefused refused) ModelState.AddModelError(nameof(Picture), texts[refused.Text]);
        }
        if (!ModelState.IsValid)
        {
            if (await ReadAsync(ct) is not { } own) return NotFound();
            Input = new() { Name = own.DisplayName, Language = own.Culture, Zone = own.Zone };
            return Page();
        }
        this.Say(texts["Your picture is saved"]);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostRemovePictureAsync(CancellationToken ct)
    {
        await pictures.RemoveAsync(actor.Id, ct);
        this.Say(texts["Your picture is removed"]);
        return RedirectToPage();
    }

    private async Task<IActionResult> AgainAsync(CancellationToken ct) => await ReadAsync(ct) is null ? NotFound() : Page();

    private async Task<Own?> ReadAsync(CancellationToken ct)
    {
        var own = await db.FirstAsync<Own>($"SELECT display_name, picture, culture, zone FROM people WHERE id = {actor.Id}", ct);
        (Name, Shown) = (own?.DisplayName ?? "", own?.Picture);
        return own;
    }

    private static Focus Focus(PicturePart part, PictureZoom zoom) => new(
        part switch { PicturePart.Left => 0, PicturePart.Right => 1, _ => 0.5 },
        part switch { PicturePart.Top => 0, PicturePart.Bottom => 1, _ => 0.5 },
        zoom switch { PictureZoom.Closer => 0.7, PictureZoom.Closest => 0.45, _ => 1 });

    private sealed record Own(string DisplayName, string? Picture, string? Culture, string? Zone);

    public sealed class Form
    {
        [Display(Name = "Name")]
        [Required(ErrorMessage = "Write your name, as others are to see it.")]
        [StringLength(100, ErrorMessage = "Shorten your name to at most 100 characters.")]
        public string Name { get; set; } = "";

        /// <summary>Null: as the browser asks.</summary>
        [Display(Name = "Language")]
        public string? Language { get; set; }

        /// <summary>Null: the site's.</summary>
        [Display(Name = "Time zone")]
        public string? Zone { get; set; }
    }
}

/// <summary>Which part of an oblong picture the square shows.</summary>
public enum PicturePart { Middle, Top, Bottom, Left, Right }

public enum PictureZoom { Whole, Closer, Closest }
