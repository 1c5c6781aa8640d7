using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ELearning.Mail;

/// <summary>How the connection to the mail server is protected.</summary>
public enum MailProtection
{
    /// <summary>Begins in the open and must become TLS before anything is said; usually port 587.</summary>
    StartTls,

    /// <summary>TLS from the first byte; usually port 465.</summary>
    Tls,

    /// <summary>None: for a server on this machine or in a trusted network.</summary>
    None,
}

/// <summary>The server that takes a site's letters, and who they come from.</summary>
public sealed record MailSettings : IValidatableObject
{
    /// <summary>No letter leaves the site while this is empty: all are kept in the outbox.</summary>
    [StringLength(253, ErrorMessage = "A server's name has at most 253 characters.")]
    [RegularExpression(@"^$|^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?\z", ErrorMessage = "Write the name of the server only, such as smtp.example.org, without http:// and port.")]
    public string Host { get; init; } = "";

    [Range(1, 65535, ErrorMessage = "A port is a number from 1 to 65535; usual are 587, 465 and 25.")]
    public int Port { get; init; } = 587;

    public MailProtection Protection { get; init; } = MailProtection.StartTls;

    /// <summary>Empty: the server asks for no name.</summary>
    [StringLength(200, ErrorMessage = "Shorten the name to at most 200 characters.")]
    public string UserName { get; init; } = "";

    [Secret]
    public string Password { get; init; } = "";

    /// <summary>SHA-256 of a certificate to trust although no authority vouches for it, in hexadecimal.</summary>
    [RegularExpression("^$|^([0-9A-Fa-f]{2}:?){32}$", ErrorMessage = "A fingerprint is 64 hexadecimal digits, with or without colons: openssl x509 -fingerprint -sha256.")]
    public string Fingerprint { get; init; } = "";

    public string FromAddress { get; init; } = "";

    /// <summary>The site's name when empty.</summary>
    [StringLength(120, ErrorMessage = "Shorten the name to at most 120 characters.")]
    public string FromName { get; init; } = "";

    /// <summary>Letters are removed after so many days, whatever became of them.</summary>
    [Range(1, 3650, ErrorMessage = "Letters can be kept for 1 to 3650 days.")]
    public int DaysKept { get; init; } = 30;

    [JsonIgnore]
    public bool IsSet => Host != "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (IsSet && !Address.IsValid(FromAddress))
            yield return new("Write the address that letters come from, such as no-reply@example.org.", [nameof(FromAddress)]);
    }
}
