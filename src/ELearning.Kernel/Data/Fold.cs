using System.Text;

namespace ELearning.Data;

/// <summary>
/// One folding for both databases, done here because theirs differ: SQLite's and PostgreSQL's lower() and unaccent()
/// disagree, and unaccent() may not stand in an index. What is searched or sorted is stored folded.
/// </summary>
public static class Fold
{
    /// <summary>For searching and sorting: without case and accents. "Straße" and "STRASSE", "İzmir" and "izmir" become one.</summary>
    public static string Text(string text)
    {
        if (Ascii.IsValid(text)) return text.ToLowerInvariant();

        var folded = new StringBuilder(text.Length);
        foreach (var rune in Valid(text).Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (IsAccent(rune.Value)) continue;
            var lower = Rune.ToLowerInvariant(rune);
            if (Plain(lower.Value) is { } plain) folded.Append(plain);
            else folded.Append(lower);
        }
        return folded.ToString().Normalize();
    }

    /// <summary>
    /// For what identifies, such as an e-mail address: case and spelling of characters only. Accents stay, since
    /// "josé@x" and "jose@x", or "ı" and "i", may be two people, and one could take the other's account.
    /// </summary>
    public static string Key(string text) => Valid(text).Trim().Normalize(NormalizationForm.FormC).ToLowerInvariant();

    /// <summary>Without U+0000 and lone surrogates, which PostgreSQL refuses and normalisation throws at.</summary>
    internal static string Valid(string text)
    {
        if (Ascii.IsValid(text) && !text.Contains('\0')) return text;
        var valid = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (rune.Value != 0) valid.Append(rune);
        return valid.ToString();
    }

    // Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs. Not the vowels of Indic scripts, which are
    // marks too but make another word.
    private static bool IsAccent(int rune) => rune is
        (>= 0x0300 and <= 0x036F) or (>= 0x0591 and <= 0x05BD) or (>= 0x064B and <= 0x065F) or 0x0670
        or (>= 0x1AB0 and <= 0x1AFF) or (>= 0x1DC0 and <= 0x1DFF) or (>= 0x20D0 and <= 0x20FF);

    // Letters that Unicode does not take apart.
    private static string? Plain(int rune) => rune switch
    {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' or 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ŧ' => "t",
        'ŋ' => "n",
        'ſ' => "s",
        'ς' => "σ",
        _ => null,
    };
}
