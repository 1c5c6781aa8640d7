using System.Globalization;

namespace ELearning.Themes;

/// <summary>A colour as a screen shows it: sRGB, each part from 0 to 1.</summary>
public readonly record struct Colour(double Red, double Green, double Blue)
{
    public static readonly Colour White = new(1, 1, 1);

    public string Hex => $"#{Byte(Red):x2}{Byte(Green):x2}{Byte(Blue):x2}";

    /// <summary>WCAG 2.2, "relative luminance".</summary>
    public double Luminance => 0.2126 * Linear(Red) + 0.7152 * Linear(Green) + 0.0722 * Linear(Blue);

    public static Colour? Parse(string text) =>
        text is ['#', _, _, _, _, _, _] && int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb)
            ? new(((rgb >> 16) & 255) / 255.0, ((rgb >> 8) & 255) / 255.0, (rgb & 255) / 255.0)
            : null;

    /// <summary>WCAG 2.2, "contrast ratio": from 1 to 21.</summary>
    public double ContrastWith(Colour other)
    {
        var (one, two) = (Luminance, other.Luminance);
        return (Math.Max(one, two) + 0.05) / (Math.Min(one, two) + 0.05);
    }

    /// <summary>CSS Color 4, section 17.</summary>
    public Oklch ToOklch()
    {
        var (red, green, blue) = (Linear(Red), Linear(Green), Linear(Blue));
        var l = Math.Cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
        var m = Math.Cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
        var s = Math.Cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
        var a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
        var b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
        return new(0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s, Math.Sqrt(a * a + b * b), Math.Atan2(b, a));
    }

    private static double Linear(double part) => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);

    private static int Byte(double part) => (int)Math.Round(part * 255, MidpointRounding.AwayFromZero);
}

/// <summary>A colour as style sheets mix it: lightness, chroma, and hue in radians.</summary>
public readonly record struct Oklch(double Lightness, double Chroma, double Hue)
{
    /// <summary>What a browser shows: parts that a screen does not have are cut off, and each is one of 256.</summary>
    public Colour ToColour()
    {
        var (a, b) = (Chroma * Math.Cos(Hue), Chroma * Math.Sin(Hue));
        var l = Math.Pow(Lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
        var m = Math.Pow(Lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
        var s = Math.Pow(Lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
        return new(
            Shown(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            Shown(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            Shown(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
    }

    private static double Shown(double linear)
    {
        var part = linear <= 0.0031308 ? linear * 12.92 : 1.055 * Math.Pow(linear, 1 / 2.4) - 0.055;
        return Math.Round(Math.Clamp(part, 0, 1) * 255) / 255;
    }
}
