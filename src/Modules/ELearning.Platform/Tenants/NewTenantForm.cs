using System.ComponentModel.DataAnnotations;
using ELearning.Shells;

namespace ELearning.Platform;

/// <summary>All that the form for a new tenant asks.</summary>
internal sealed class NewTenantForm
{
    [Display(Name = "Name of the organisation")]
    [Required(ErrorMessage = "Write the name that people will read.")]
    [StringLength(TenantRules.LongestTitle, ErrorMessage = "Shorten the name to at most 200 characters.")]
    public string Title { get; set; } = "";

    [Display(Name = "Short name")]
    [Required(ErrorMessage = "Write a short name: letters, digits and hyphens.")]
    public string Name { get; set; } = "";

    [Display(Name = "Host name")]
    public string? Host { get; set; }

    [Display(Name = "Path prefix")]
    public string? Prefix { get; set; }

    public string Recipe { get; set; } = "blank";

    public Guid? Profile { get; set; }

    [Display(Name = "Administrator's name")]
    [Required(ErrorMessage = "Write the name of whoever will run the site.")]
    [StringLength(200, ErrorMessage = "Shorten the name to at most 200 characters.")]
    public string AdminName { get; set; } = "";

    [Display(Name = "Administrator's mail address")]
    [Required(ErrorMessage = "Write the mail address that the administrator will sign in with.")]
    [EmailAddress(ErrorMessage = "Write a mail address, such as ada@school.example.")]
    [DataType(DataType.EmailAddress)]
    public string AdminEmail { get; set; } = "";

    public string[] Hosts => string.IsNullOrWhiteSpace(Host) ? [] : [Host.Trim().ToLowerInvariant()];

    public string? CleanPrefix => string.IsNullOrWhiteSpace(Prefix) ? null : Prefix.Trim().Trim('/').ToLowerInvariant();
}
