using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using ELearning.Data;
using ELearning.Shells;

namespace ELearning.Accounts;

internal enum PasswordProblem { None, TooShort, TooLong, Common, Pattern, AboutYou, AboutSite }

internal enum PasswordStrength { Fair, Good, Strong }

/// <summary>
/// What SP 800-63B (3.1.1.2) asks: a length, no rules about kinds of characters, and nothing that a guesser tries first.
/// </summary>
internal sealed class PasswordRules(AccountSettings settings, Tenant tenant)
{
    public const int Longest = 128;

    private static readonly FrozenSet<string> Common = ReadCommon();

    // Rows of keyboards, the alphabet and the digits; whoever goes along them goes either way.
    private static readonly string[] Rows = [.. new[] { "01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn" }
        .SelectMany(row => new[] { row, string.Concat(row.Reverse()) })];

    private static readonly string[] Days = ["yyyyMMdd", "ddMMyyyy", "MMddyyyy"];

    public int Shortest => settings.PasswordLength;

    /// <param name="about">The person's name and mail address, as far as they are known.</param>
    public PasswordProblem Check(string password, params string[] about)
    {
        if (password.EnumerateRunes().Count() < settings.PasswordLength) return PasswordProblem.TooShort;
        if (password.Length > Longest) return PasswordProblem.TooLong;

        var folded = Fold.Text(password.Normalize(NormalizationForm.FormKC));
        if (IsPattern(folded)) return PasswordProblem.Pattern;
        if (IsCommon(folded)) return PasswordProblem.Common;
        if (IsLittleMoreThan(folded, about.SelectMany(Words))) return PasswordProblem.AboutYou;
        return IsLittleMoreThan(folded, Words(tenant.Title).Append(tenant.Name)) ? PasswordProblem.AboutSite : PasswordProblem.None;
    }

    /// <summary>Of a password that was not refused: length is what counts, if it is not the same few characters over and over.</summary>
    public static PasswordStrength StrengthOf(string password)
    {
        var counted = Math.Min(password.EnumerateRunes().Count(), password.EnumerateRunes().Distinct().Count() * 2);
        return counted >= 16 ? PasswordStrength.Strong : counted >= 12 ? PasswordStrength.Good : PasswordStrength.Fair;
    }

    private static bool IsPattern(string text) =>
        Enumerable.Range(1, 4).Any(period => text.Skip(period).Zip(text).All(pair => pair.First == pair.Second))
        || IsWalk(text) || IsWalk(text[..(text.Length / 2)]) && IsWalk(text[(text.Length / 2)..])
        || text.Length == 8 && Days.Any(format =>
            DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1900 and < 2100);

    private static bool IsWalk(string text) => Rows.Any(row => row.Contains(text, StringComparison.Ordinal));

    // A listed word with a year or a few signs around it is tried as early as the word itself.
    private static bool IsCommon(string text)
    {
        var word = text.AsSpan().Trim("0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ").ToString();
        return Common.Contains(text) || Common.Contains(Unmasked(text))
            || word.Length >= 4 && text.Length - word.Length <= 4 && (Common.Contains(word) || Common.Contains(Unmasked(word)));
    }

    private static string Unmasked(string text) => string.Concat(text.Select(c => c switch
    {
        '0' => 'o',
        '1' or '!' => 'i',
        '3' => 'e',
        '4' or '@' => 'a',
        '5' or '$' => 's',
        '7' => 't',
        _ => c,
    }));

    private static bool IsLittleMoreThan(string text, IEnumerable<string> words)
    {
        var left = words.Select(Fold.Text).Where(word => word.Length >= 3).OrderByDescending(word => word.Length)
            .Aggregate(text, (rest, word) => rest.Replace(word, "", StringComparison.Ordinal));
        return left.Length < text.Length && left.Length < 5;
    }

    private static IEnumerable<string> Words(string text) =>
        text.Split([' ', '@', '.', '-', '_', ',', '+'], StringSplitOptions.RemoveEmptyEntries);

    private static FrozenSet<string> ReadCommon()
    {
        using var list = new StreamReader(typeof(PasswordRules).Assembly.GetManifestResourceStream("ELearning.Accounts.common-passwords.txt")!); // embedded by the project
        return list.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
