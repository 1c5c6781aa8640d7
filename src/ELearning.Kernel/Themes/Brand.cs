using System.ComponentModel.DataAnnotations;
using ELearning.Blobs;

namespace ELearning.Themes;

/// <summary>What a tenant's site has of its own. All other colours, and both modes, follow from these.</summary>
public sealed record Brand
{
    /// <summary>Logo and favicon, by content: what is previewed and what was there before are kept beside what is shown.</summary>
    internal static readonly BlobOwner Files = new("brand", Guid.Empty);

    [Display(Name = "Brand colour")]
    [Required, RegularExpression("^#[0-9a-fA-F]{6}$", ErrorMessage = "Write a colour as # and six digits, such as #2c5a9d.")]
    public string Colour { get; init; } = "#2c5a9d";

    /// <summary>Of buttons and cards, in pixels; null: as round as the theme has them.</summary>
    [Display(Name = "Corner radius")]
    [Range(0, 32, ErrorMessage = "Choose a radius from 0 to 32 pixels.")]
    public int? Radius { get; init; }

    /// <summary>The hash of a picture that was uploaded on the page of the theme; empty for none.</summary>
    [Display(Name = "Logo")]
    [RegularExpression(HashOrNothing, ErrorMessage = "A logo is uploaded on the page of the theme.")]
    public string Logo { get; init; } = "";

    [Display(Name = "Favicon")]
    [RegularExpression(HashOrNothing, ErrorMessage = "A favicon is uploaded on the page of the theme.")]
    public string Favicon { get; init; } = "";

    private const string HashOrNothing = "^$|^[0-9a-f]{64}$";
}
