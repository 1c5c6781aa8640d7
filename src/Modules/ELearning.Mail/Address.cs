using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ELearning.Mail;

/// <summary>A mail address as it is written here: one mailbox, no display name, no quotes, no comments.</summary>
public sealed partial record Address
{
    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    private Address(string text, string wire) => (Text, Wire) = (text, wire);

    /// <summary>As the person wrote it.</summary>
    public string Text { get; }

    /// <summary>As servers take it: the domain in its ASCII form.</summary>
    internal string Wire { get; }

    /// <summary>
    /// Whether mail can be sent there as far as the letters tell. Letters before the @ are ASCII: few servers take others
    /// (RFC 6531), and a letter that cannot be delivered is better refused where it can still be corrected.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Address? address)
    {
        address = null;
        text = text?.Trim();
        if (text is null or { Length: > 254 } || Form().Match(text) is not { Success: true } parts) return false;
        try
        {
            var domain = Idn.GetAscii(parts.Groups["domain"].Value);
            if (!domain.Contains('.') && !domain.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return false;
            address = new(text, $"{parts.Groups["local"].Value}@{domain}");
            return true;
        }
        catch (ArgumentException)
        {
            return false; // a domain that the rules of international names refuse
        }
    }

    public static bool IsValid(string? text) => TryParse(text, out _);

    public override string ToString() => Text;

    // Nothing that ends a line or a command can pass: a line break in an address would begin a header, or a command, of somebody's choice.
    [GeneratedRegex(@"^(?<local>[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@(?<domain>[^\s@<>()\[\],;:\\""\x00-\x1f]+)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
