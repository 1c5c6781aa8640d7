using Xunit;

namespace ELearning.Themes;

public sealed class AccentTests
{
    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#ffffff", "#ffffff", 1)]
    [InlineData("#767676", "#ffffff", 4.54)]
    [InlineData("#777777", "#ffffff", 4.48)]
    [InlineData("#0000ff", "#ffffff", 8.59)]
    [InlineData("#ff0000", "#ffffff", 4.00)]
    [InlineData("#ffff00", "#000000", 19.56)]
    public void Contrast_is_what_WCAG_says(string one, string other, double ratio)
    {
        Assert.Equal(ratio, Of(one).ContrastWith(Of(other)), 0.005);
        Assert.Equal(ratio, Of(other).ContrastWith(Of(one)), 0.005);
    }

    [Theory]
    [InlineData("#ffffff", 1, 0, null)]
    [InlineData("#000000", 0, 0, null)]
    [InlineData("#ff0000", 0.62796, 0.25768, 29.23)]
    [InlineData("#00ff00", 0.86644, 0.29483, 142.50)]
    [InlineData("#0000ff", 0.45201, 0.31321, 264.05)]
    [InlineData("#663399", 0.44027, 0.16030, 303.37)]
    public void A_colour_has_the_lightness_chroma_and_hue_that_browsers_give_it(string hex, double lightness, double chroma, double? hue)
    {
        var found = Of(hex).ToOklch();

        Assert.Equal(lightness, found.Lightness, 0.0001);
        Assert.Equal(chroma, found.Chroma, 0.0001);
        if (hue is { } degrees) Assert.Equal(degrees, (found.Hue * 180 / Math.PI + 360) % 360, 0.01);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#fff")]
    [InlineData("2c5a9d0")]
    [InlineData("#2c5a9g")]
    [InlineData("#2c5a9d;}")]
    [InlineData("# 12345")]
    public void What_is_no_colour_is_not_taken_for_one(string text) => Assert.Null(Colour.Parse(text));

    [Fact]
    public void Every_colour_is_the_same_after_a_round_trip() =>
        Assert.All(Everywhere(), colour => Assert.Equal(colour.Hex, colour.ToOklch().ToColour().Hex));

    [Fact]
    public void Whatever_the_brand_its_accent_reads_on_every_surface_and_text_reads_on_it() => Assert.All(Everywhere(), brand =>
    {
        var accent = Accent.Of(brand);
        var own = brand.ToOklch();
        Colour Mix(double lightness, double chroma) => new Oklch(lightness, chroma, own.Hue).ToColour();

        Assert.True(accent.WhiteOnLight >= Accent.Readable, $"{brand.Hex}: white on {accent.Light.Hex}");
        Assert.True(accent.TextOnDark >= Accent.Readable, $"{brand.Hex}: {accent.OnDark.Hex} on {accent.Dark.Hex}");
        // Paper, sunken and soft of light mode; paper, surface, sunken and soft of dark mode, as in tokens.css.
        foreach (var surface in new[] { Mix(0.985, 0.004), Mix(0.962, 0.007), Mix(0.95, own.Chroma * 0.26) })
            Assert.True(accent.Light.ContrastWith(surface) >= Accent.Readable, $"{brand.Hex}: {accent.Light.Hex} on {surface.Hex}");
        foreach (var surface in new[] { Mix(0.165, 0.012), Mix(0.205, 0.014), Mix(0.135, 0.01), Mix(0.275, own.Chroma * 0.42) })
            Assert.True(accent.Dark.ContrastWith(surface) >= Accent.Readable, $"{brand.Hex}: {accent.Dark.Hex} on {surface.Hex}");
    });

    [Fact]
    public void What_the_sheets_fall_back_to_is_safe_for_every_hue() => Assert.All(Everywhere(), brand =>
        Assert.True((brand.ToOklch() with { Lightness = Accent.Safe }).ToColour().ContrastWith(Colour.White) >= Accent.Readable, brand.Hex));

    [Fact]
    public void A_brand_that_reads_is_left_as_it_is_and_one_that_does_not_is_darkened_no_more_than_needed()
    {
        var blue = Accent.Of(Of("#2c5a9d"));
        Assert.Equal(("#2c5a9d", false), (blue.Light.Hex, blue.IsDarkened));

        var yellow = Accent.Of(Of("#ffcc00"));
        Assert.True(yellow.IsDarkened);
        Assert.True(yellow.WhiteOnBrand < 2);
        Assert.InRange(yellow.WhiteOnLight, 4.5, 6.5);

        // As light as it may be: a shade lighter, and something would no longer read.
        var orange = Accent.Of(Of("#e0560f"));
        Assert.True(orange.IsDarkened);
        Assert.True(orange.Lightness > Accent.Safe);
    }

    [Fact]
    public void The_sheet_says_what_the_tenant_chose_and_nothing_that_it_did_not()
    {
        Assert.Equal("@layer tokens{:root{--brand:#2c5a9d;--accent-lightness:0.4707;}}\n", new Look("Base", new()).Sheet());
        Assert.Matches(@"^@layer tokens\{:root\{--brand:#ff0000;--accent-lightness:0\.\d+;--radius:12px;\}\}\n$",
            new Look("Base", new() { Colour = "#FF0000", Radius = 12 }).Sheet());
        Assert.NotEqual(LookSheet.Of(new("Base", new())).Hash, LookSheet.Of(new("Base", new() { Radius = 12 })).Hash);
    }

    private static Colour Of(string hex) => Colour.Parse(hex) ?? throw new ArgumentException(hex);

    private static IEnumerable<Colour> Everywhere() =>
        from red in Enumerable.Range(0, 18)
        from green in Enumerable.Range(0, 18)
        from blue in Enumerable.Range(0, 18)
        select new Colour(red * 15 / 255.0, green * 15 / 255.0, blue * 15 / 255.0);
}
