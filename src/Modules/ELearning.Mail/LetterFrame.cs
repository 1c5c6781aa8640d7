using System.Net;
using ELearning.Themes;

namespace ELearning.Mail;

/// <summary>
/// What every letter of a site has around it. Programs that show mail know no style sheet, few know variables: so the
/// colours stand in one style element, and what matters still reads where that is dropped.
/// </summary>
internal static class LetterFrame
{
    public static string Around(WrittenLetter letter, string site, string home, Brand brand) => Around(letter, site, home, Accent.Of(Colour.Parse(brand.Colour)!.Value).Light.Hex);

    private static string Around(WrittenLetter letter, string site, string home, string colour) => $$"""
        <!doctype html>
        <html lang="{{letter.Culture.Name}}" dir="{{(letter.Culture.TextInfo.IsRightToLeft ? "rtl" : "ltr")}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light">
        <title>{{WebUtility.HtmlEncode(letter.Subject)}}</title>
        <style>
        body { margin: 0; padding: 24px 12px; background: #f4f4f2; color: #1d1d1b; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
        .letter { max-width: 560px; margin: 0 auto; background: #ffffff; border-top: 4px solid {{colour}}; border-radius: 8px; padding: 28px 32px; }
        .site { font-weight: 600; margin: 0 0 20px; }
        .site a { color: {{colour}}; text-decoration: none; }
        h1 { font-size: 22px; line-height: 1.3; margin: 0 0 16px; }
        p { margin: 0 0 16px; overflow-wrap: anywhere; }
        a { color: {{colour}}; }
        .act { margin: 24px 0; }
        .act a { display: inline-block; background: {{colour}}; color: #ffffff; padding: 12px 20px; border-radius: 8px; text-decoration: none; font-weight: 600; }
        .foot { max-width: 560px; margin: 16px auto 0; color: #5f5f5a; font-size: 13px; text-align: center; }
        .foot a { color: #5f5f5a; }
        </style>
        </head>
        <body>
        <div class="letter">
        <p class="site"><a href="{{WebUtility.HtmlEncode(home)}}/" target="_blank" rel="noopener">{{WebUtility.HtmlEncode(site)}}</a></p>
        {{letter.Body}}</div>
        <p class="foot">{{WebUtility.HtmlEncode(site)}} · <a href="{{WebUtility.HtmlEncode(home)}}/" target="_blank" rel="noopener">{{WebUtility.HtmlEncode(home)}}</a></p>
        </body>
        </html>
        """;
}
