using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using HandlebarsDotNet;
using Microsoft.AspNetCore.Routing;

namespace ELearning.Mail;

/// <summary>
/// The words of a letter in one language, from which both its parts are made. The first line is the subject; then
/// paragraphs, <c># headings</c> and <c>[links](~/path)</c>, of which one alone in its paragraph becomes a button.
/// <c>~</c> stands for the site's address. <c>{{value}}</c> and <c>{{#if}}</c> are Handlebars'.
/// </summary>
internal sealed partial class LetterTemplate
{
    // Values are put in before the markup is read, so what is markup in them moves out of its way meanwhile, to a range that no text uses.
    private const int Aside = 0xE000;
    private const string Markup = "[]()#~\r\n";

    private static readonly IHandlebars Handlebars = HandlebarsDotNet.Handlebars.Create(new HandlebarsConfiguration { TextEncoder = new MarkupAside(), ThrowOnUnresolvedBindingExpression = true });

    private readonly HandlebarsTemplate<object, object> _words;
    private readonly CultureInfo _culture;

    public LetterTemplate(string words, CultureInfo culture)
    {
        // Three braces would let a value speak as markup.
        if (words.Contains("{{{", StringComparison.Ordinal)) throw new InvalidOperationException("A letter's words have no {{{values}}}: write {{value}}.");
        _words = Handlebars.Compile(words.ReplaceLineEndings("\n"));
        _culture = culture;
    }

    /// <param name="home">The site's address, without a slash at its end.</param>
    public WrittenLetter Write(object values, string site, string home)
    {
        var context = new RouteValueDictionary(values);
        context.TryAdd("site", site);
        var blocks = _words(new Dictionary<string, object?>(context)).Split('\n', 2) is [var first, var rest] ? (first, rest) : throw new InvalidOperationException("A letter's words have a subject in their first line and more below.");
        var (text, html) = (new StringBuilder(), new StringBuilder());
        foreach (var block in blocks.rest.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) Add(block, home, text, html);
        text.Append("-- \n").Append(site).Append('\n').Append(home).Append('\n');
        return new(Back(blocks.first).ReplaceLineEndings(" ").Trim(), text.ToString(), html.ToString(), _culture);
    }

    private static void Add(string block, string home, StringBuilder text, StringBuilder html)
    {
        if (block.StartsWith("# ", StringComparison.Ordinal))
        {
            text.Append(Back(block[2..])).Append("\n\n");
            html.Append("<h1>").Append(Html(block[2..])).Append("</h1>\n");
            return;
        }

        var isButton = Link().Match(block) is { Success: true } only && only.Length == block.Length;
        html.Append(isButton ? "<p class=\"act\">" : "<p>");
        var at = 0;
        foreach (Match link in Link().Matches(block))
        {
            var (label, address) = (link.Groups[1].Value, Target(link.Groups[2].Value, home));
            text.Append(Back(block[at..link.Index])).Append(Back(label)).Append(isButton ? ":\n" : ": ").Append(address);
            html.Append(Html(block[at..link.Index])).Append("<a href=\"").Append(WebUtility.HtmlEncode(address)).Append("\" target=\"_blank\" rel=\"noopener\">").Append(Html(label)).Append("</a>");
            at = link.Index + link.Length;
        }
        text.Append(Back(block[at..])).Append("\n\n");
        html.Append(Html(block[at..])).Append("</p>\n");
    }

    // Where a link leads is never a value's choice: to this site, or to what the words themselves name.
    private static string Target(string written, string home)
    {
        var address = Back(written);
        if (written.StartsWith("~/", StringComparison.Ordinal)) return home + address[1..];
        return written.StartsWith("https://", StringComparison.Ordinal) ? address
            : throw new InvalidOperationException($"A letter's link is ~/path or https://..., not \"{address}\".");
    }

    private static string Html(string text) => WebUtility.HtmlEncode(Back(text)).ReplaceLineEndings("<br>\n");

    private static string Back(string text) => string.Create(text.Length, text, (target, source) =>
    {
        for (var i = 0; i < target.Length; i++) target[i] = source[i] is >= (char)Aside and < (char)(Aside + 128) ? (char)(source[i] - Aside) : source[i];
    });

    private sealed class MarkupAside : ITextEncoder
    {
        public void Encode(StringBuilder? text, TextWriter target)
        {
            if (text is null) return;
            foreach (var chunk in text.GetChunks()) Encode(chunk.Span, target);
        }

        public void Encode(string? text, TextWriter target) => Encode(text.AsSpan(), target);

        public void Encode<T>(T? text, TextWriter target) where T : IEnumerator<char>
        {
            while (text?.MoveNext() == true) Encode([text.Current], target);
        }

        private static void Encode(ReadOnlySpan<char> text, TextWriter target)
        {
            foreach (var letter in text) target.Write(Markup.Contains(letter) ? (char)(Aside + letter) : letter is >= (char)Aside and < (char)(Aside + 128) ? '\uFFFD' : letter);
        }
    }

    [GeneratedRegex(@"\[([^\[\]\n]+)\]\(([^()\s]+)\)")]
    private static partial Regex Link();
}

/// <summary>A letter in words, before it has its frame.</summary>
internal sealed record WrittenLetter(string Subject, string Text, string Body, CultureInfo Culture);
