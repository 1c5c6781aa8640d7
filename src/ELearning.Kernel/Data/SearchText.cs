using System.Globalization;
using System.Text;

namespace ELearning.Data;

internal readonly record struct SearchWord(string Text, int Start, int Length);

/// <param name="Words">One word, or several that must follow each other.</param>
/// <param name="Prefix">The last word may go on: it is still being typed.</param>
internal sealed record SearchTerm(string[] Words, bool Prefix)
{
    public override string ToString() => Words is [var one] ? one : $"\"{string.Join(' ', Words)}\"";
}

/// <summary>
/// What a word is, what a query asks and how alike two words are: decided here and not by the databases' parsers, so
/// that both find the same. They are handed words of letters and digits only, never what a person typed.
/// </summary>
internal static class SearchText
{
    // PostgreSQL keeps positions up to 16,383 and a megabyte a document. A longer text should be several documents.
    public const int MostWords = 15_000;
    public const int MostCharacters = 100_000;
    private const int LongestWord = 60;
    private const int MostTerms = 10;

    public static string Clean(string text, int most = MostCharacters)
    {
        var clean = Fold.Valid(text).Normalize();
        return clean.Length <= most ? clean : clean[..(char.IsHighSurrogate(clean[most - 1]) ? most - 1 : most)];
    }

    public static List<SearchWord> Words(string text)
    {
        var words = new List<SearchWord>();
        var (start, at) = (-1, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var alone = IsAlone(rune.Value);
            var inside = !alone && (Rune.IsLetterOrDigit(rune) || start >= 0 && IsMark(rune));
            if (!inside && start >= 0) Add(ref start, at);
            if (inside && start < 0) start = at;
            if (alone)
            {
                start = at;
                Add(ref start, at + rune.Utf16SequenceLength);
            }
            if (words.Count == MostWords) return words;
            at += rune.Utf16SequenceLength;
        }
        if (start >= 0) Add(ref start, at);
        return words;

        void Add(ref int from, int to)
        {
            // Whatever folding may do: no ASCII sign reaches a query.
            var folded = string.Concat(Fold.Text(text[from..to]).Where(c => !char.IsAscii(c) || char.IsAsciiLetterOrDigit(c)));
            if (folded.Length > LongestWord) folded = folded[..(char.IsHighSurrogate(folded[LongestWord - 1]) ? LongestWord - 1 : LongestWord)];
            if (folded.Length > 0) words.Add(new(folded, from, to - from));
            from = -1;
        }
    }

    /// <summary>Words must all occur; those in quotes, or written together ("e-mail"), in that order. The last may be unfinished.</summary>
    public static List<SearchTerm> Terms(string query)
    {
        var text = Clean(query, 500).Replace('„', '"').Replace('“', '"').Replace('”', '"').Replace('«', '"').Replace('»', '"');
        var typing = text.Length > 0 && text.EnumerateRunes().Last() is var last && (Rune.IsLetterOrDigit(last) || IsMark(last));
        var terms = new List<SearchTerm>();
        var parts = text.Split('"');
        for (var i = 0; i < parts.Length; i++)
        {
            var pieces = i % 2 == 1 ? [parts[i]] : parts[i].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            foreach (var piece in pieces)
            {
                string[] words = [.. Words(piece).Select(word => word.Text).Take(MostTerms)];
                if (words.Length > 0 && terms.Count < MostTerms) terms.Add(new(words, false));
            }
        }
        if (typing && terms.Count > 0) terms[^1] = terms[^1] with { Prefix = true };
        return terms;
    }

    /// <summary>The words of the text that a query asked for, in their order.</summary>
    public static List<Mark> Marks(string text, IReadOnlyList<SearchTerm> terms)
    {
        var words = Words(text);
        var marks = new SortedDictionary<int, Mark>();
        for (var i = 0; i < words.Count; i++)
            foreach (var term in terms)
            {
                if (i + term.Words.Length > words.Count || !Matches(term, words, i)) continue;
                for (var j = i; j < i + term.Words.Length; j++) marks[words[j].Start] = new(words[j].Start, words[j].Length);
            }
        return [.. marks.Values];
    }

    /// <summary>Threes of letters of each word with its ends: "__k", "_ku", "kur", "urs", "rs_".</summary>
    public static string[] Grams(string text) => [.. Words(text).SelectMany(word =>
    {
        var padded = $"__{word.Text}_";
        return Enumerable.Range(0, padded.Length - 2).Select(at => padded.Substring(at, 3));
    }).Where(gram => !gram.Any(char.IsSurrogate)).Distinct()];

    /// <summary>The word that was probably meant: one wrong, missing, added or swapped letter, two in a long word.</summary>
    public static string? Nearest(SearchTerm term, IEnumerable<string> words)
    {
        var typed = term.Words[0];
        var allowed = typed.Length < 7 ? 1 : 2;
        return words.Where(word => word != typed)
            .Select(word => (word, distance: Distance(typed, word), start: term.Prefix ? StartDistance(typed, word) : int.MaxValue))
            .Where(x => Math.Min(x.distance, x.start) <= allowed)
            .OrderBy(x => Math.Min(x.distance, x.start)).ThenBy(x => x.distance).ThenBy(x => x.word, StringComparer.Ordinal)
            .Select(x => x.word).FirstOrDefault();
    }

    private static bool Matches(SearchTerm term, List<SearchWord> words, int at)
    {
        for (var i = 0; i < term.Words.Length; i++)
        {
            var asked = term.Words[i];
            var found = words[at + i].Text;
            if (i == term.Words.Length - 1 && term.Prefix ? !found.StartsWith(asked, StringComparison.Ordinal) : found != asked) return false;
        }
        return true;
    }

    private static int StartDistance(string typed, string word) => word.Length <= typed.Length
        ? int.MaxValue
        : Enumerable.Range(typed.Length - 1, 3).Where(length => length <= word.Length).Min(length => Distance(typed, word[..length]));

    // Optimal string alignment: edits and swaps of neighbours.
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2) return int.MaxValue;
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    // Chinese, Japanese, Thai, Lao, Burmese and Khmer are written without spaces: each character is a word, and a query
    // of several becomes a phrase.
    private static bool IsAlone(int rune) => rune is
        (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x3040 and <= 0x30FF)
        or (>= 0x31F0 and <= 0x31FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);
}
