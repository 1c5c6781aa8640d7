using System.ComponentModel.DataAnnotations;

namespace ELearning.Settings;

/// <summary>What a tenant's site does as a whole. Name, zone and culture are in the tenant's row: lists of tenants show them.</summary>
public sealed record SiteSettings
{
    /// <summary>The path that <c>/</c> shows; the kernel's own page when empty.</summary>
    [RegularExpression("^$|^/[^?#]*$", ErrorMessage = "Write a path that begins with /, such as /hello.")]
    public string HomeRoute { get; init; } = "";

    /// <summary>A few words shown large beside the sign-in form; the site's name when empty.</summary>
    [StringLength(80, ErrorMessage = "Shorten the motto to at most 80 characters.")]
    public string Motto { get; init; } = "";
}
