using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;

namespace ELearning.Data;

public readonly record struct Mark(int Start, int Length);

/// <summary>Text with the places that a search has found. Written on a page it is encoded, with &lt;mark&gt; around these.</summary>
public sealed record Highlighted(string Text, IReadOnlyList<Mark> Marks) : IHtmlContent
{
    private const int Longest = 240;
    private const int Before = 50;

    /// <summary>The part of the text with the most marks close together.</summary>
    internal static Highlighted Snippet(string text, List<Mark> marks)
    {
        if (text.Length <= Longest) return new(text, marks);

        var best = marks.Count == 0 ? 0 : marks.MaxBy(first => marks.Count(mark => mark.Start >= first.Start && mark.Start < first.Start + Longest - Before)).Start;
        var start = Break(text, Math.Max(0, best - Before), best);
        var end = start + Longest >= text.Length ? text.Length : BreakBack(text, start + Longest, best);
        var (head, tail) = (start > 0 ? "… " : "", end < text.Length ? " …" : "");
        return new(head + text[start..end] + tail,
            [.. marks.Where(mark => mark.Start >= start && mark.Start + mark.Length <= end).Select(mark => mark with { Start = mark.Start - start + head.Length })]);
    }

    public void WriteTo(TextWriter writer, HtmlEncoder encoder)
    {
        var at = 0;
        foreach (var (start, length) in Marks)
        {
            encoder.Encode(writer, Text, at, start - at);
            writer.Write("<mark>");
            encoder.Encode(writer, Text, start, length);
            writer.Write("</mark>");
            at = start + length;
        }
        encoder.Encode(writer, Text, at, Text.Length - at);
    }

    // At a space where there is one nearby; else where it is, but not within a surrogate pair.
    private static int Break(string text, int from, int to)
    {
        if (from == 0) return 0;
        for (var at = from; at < to; at++)
            if (char.IsWhiteSpace(text[at])) return at + 1;
        return char.IsLowSurrogate(text[from]) ? from + 1 : from;
    }

    private static int BreakBack(string text, int from, int to)
    {
        for (var at = from; at > Math.Max(to, from - Before); at--)
            if (char.IsWhiteSpace(text[at])) return at;
        return char.IsLowSurrogate(text[from]) ? from - 1 : from;
    }
}
