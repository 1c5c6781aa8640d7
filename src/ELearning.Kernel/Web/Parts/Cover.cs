using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ELearning.Web;

/// <summary><c>&lt;cover seed="@id" /&gt;</c>: a picture for what has none, drawn from its id in the site's colours; always the same for the same id.</summary>
[HtmlTargetElement("cover", TagStructure = TagStructure.WithoutEndTag)]
public sealed class CoverTagHelper : TagHelper
{
    public required Guid Seed { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "cover");
        output.Attributes.SetAttribute("viewBox", "0 0 320 180");
        output.Attributes.SetAttribute("preserveAspectRatio", "xMidYMid slice");
        output.Attributes.SetAttribute("fill", "currentColor");
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Content.SetHtmlContent(Draw(Seed));
    }

    internal static string Draw(Guid seed)
    {
        var random = new Dice(seed);
        var svg = new StringBuilder();
        switch (random.Next(4))
        {
            case 0: Arcs(svg, random); break;
            case 1: Contours(svg, random); break;
            case 2: Waves(svg, random); break;
            default: Blocks(svg, random); break;
        }
        return svg.ToString();
    }

    private static void Arcs(StringBuilder svg, Dice random)
    {
        double[] inks = [0.14, 0.3, 0.55, 0.85];
        for (var y = 0; y < 3; y++)
            for (var x = 0; x < 6; x++)
            {
                var shape = random.Next(10) < 3 ? "M30 4a26 26 0 1 1 0 52a26 26 0 1 1 0-52z" : "M0 0h60a60 60 0 0 1-60 60z";
                Add(svg, $"<path opacity=\"{inks[random.Next(4)]}\" transform=\"translate({x * 60 - 20} {y * 60}) rotate({random.Next(4) * 90} 30 30)\" d=\"{shape}\"/>");
            }
    }

    private static void Contours(StringBuilder svg, Dice random)
    {
        var (left, top) = (90 + random.Next(140), 40 + random.Next(100));
        for (var ring = 1; ring < 13; ring++)
        {
            var line = new StringBuilder();
            for (var step = 0; step <= 36; step++)
            {
                var turn = step / 36.0 * 2 * Math.PI;
                var reach = ring * 17 * (1 + 0.22 * Math.Sin(3 * turn + ring * 0.21) + 0.12 * Math.Cos(5 * turn - ring * 0.16));
                Add(line, $"{(step == 0 ? "M" : "L")}{left + reach * Math.Cos(turn) * 1.35:0.#} {top + reach * Math.Sin(turn):0.#}");
            }
            Add(svg, $"<path fill=\"none\" stroke=\"currentColor\" stroke-width=\"{(ring % 4 == 0 ? 2.4 : 1.1)}\" opacity=\"{0.8 - ring * 0.045:0.###}\" d=\"{line}z\"/>");
        }
    }

    private static void Waves(StringBuilder svg, Dice random)
    {
        var shift = random.Next(60) / 10.0;
        for (var wave = 0; wave < 6; wave++)
        {
            var line = new StringBuilder("M0 190");
            for (var x = 0; x <= 320; x += 8) Add(line, $"L{x} {52 + wave * 24 + Math.Sin(x / 46.0 + wave * 0.8 + shift) * (20 - wave * 2):0.#}");
            Add(svg, $"<path opacity=\"{0.12 + wave * 0.12:0.##}\" d=\"{line}L320 190z\"/>");
        }
        Add(svg, $"<circle cx=\"{60 + random.Next(190)}\" cy=\"42\" r=\"22\" opacity=\".85\"/>");
    }

    private static void Blocks(StringBuilder svg, Dice random)
    {
        int[] widths = [26, 40, 58, 76];
        double[] inks = [0.18, 0.4, 0.65, 0.95];
        for (var x = 0; x < 320;)
        {
            var (width, height) = (widths[random.Next(4)], 40 + random.Next(120));
            Add(svg, $"<rect x=\"{x}\" y=\"{180 - height}\" width=\"{width}\" height=\"{height}\" opacity=\"{inks[random.Next(4)]}\"/>");
            if (random.Next(2) == 0) Add(svg, $"<path transform=\"translate({x} {180 - height})\" d=\"M0 0a{width / 2} {width / 2} 0 0 1 {width} 0z\" opacity=\".5\"/>");
            x += width;
        }
    }

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>FNV over the id, stirred; .NET's own may change with a release, and every picture with it.</summary>
    private sealed class Dice
    {
        private uint _state = 2166136261;

        public Dice(Guid seed)
        {
            foreach (var part in seed.ToByteArray()) _state = (_state ^ part) * 16777619;
        }

        public int Next(int below)
        {
            _state = (_state ^ _state >> 15) * 2246822507;
            _state = (_state ^ _state >> 13) * 3266489909;
            _state ^= _state >> 16;
            return (int)(_state % (uint)below);
        }
    }
}
