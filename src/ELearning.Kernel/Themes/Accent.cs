namespace ELearning.Themes;

/// <summary>
/// What a brand colour becomes where it carries text or is text: buttons, links, marks. In light mode the brand, darkened
/// as far as readers need; in dark mode a lighter relative of it. The style sheet does the same sums (tokens.css).
/// </summary>
/// <param name="Lightness">How light the accent of light mode may be at most.</param>
public sealed record Accent(Colour Brand, double Lightness, Colour Light, Colour Dark, Colour OnDark)
{
    /// <summary>WCAG 2.2, 1.4.3: text of a usual size against what is behind it.</summary>
    public const double Readable = 4.5;

    /// <summary>White text reads on every colour of this lightness, and every such colour reads on every surface.</summary>
    public const double Safe = 0.485;

    public bool IsDarkened => Lightness < Brand.ToOklch().Lightness - 0.0005;

    public double WhiteOnBrand => Brand.ContrastWith(Colour.White);

    public double WhiteOnLight => Light.ContrastWith(Colour.White);

    public double TextOnDark => Dark.ContrastWith(OnDark);

    public static Accent Of(Colour brand)
    {
        var own = brand.ToOklch();
        Colour[] behind = [Colour.White, Mix(0.985, 0.004), Mix(0.962, 0.007), Mix(0.95, own.Chroma * 0.26)];
        var lightness = own.Lightness;
        while (lightness > Safe && behind.Any(surface => (own with { Lightness = lightness }).ToColour().ContrastWith(surface) < Readable))
            lightness = Math.Max(Safe, lightness - 0.005);

        return new(brand, lightness, (own with { Lightness = lightness }).ToColour(), Mix(0.78, own.Chroma * 0.85), Mix(0.18, 0.04));

        Colour Mix(double l, double chroma) => new Oklch(l, chroma, own.Hue).ToColour();
    }
}
