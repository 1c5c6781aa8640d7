using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ELearning.Themes;

/// <summary>How a site looks to a request: as the tenant has it, or as its session previews it.</summary>
public sealed record Look(string Theme, Brand Brand)
{
    public bool IsPreview { get; init; }

    /// <summary>What the tenant's own style sheet says after those of its theme. Never inline: pages allow no style of their own.</summary>
    public string Sheet()
    {
        var sheet = new StringBuilder("@layer tokens{:root{");
        if (Colour.Parse(Brand.Colour) is { } brand)
            sheet.Append(CultureInfo.InvariantCulture, $"--brand:{brand.Hex};--accent-lightness:{Accent.Of(brand).Lightness:0.####};");
        if (Brand.Radius is { } radius) sheet.Append(CultureInfo.InvariantCulture, $"--radius:{radius}px;");
        return sheet.Append("}}\n").ToString();
    }
}

/// <summary>A generated style sheet under the name that its content gives it, so that browsers may keep it for ever.</summary>
public sealed record LookSheet(string Hash, string Text)
{
    public static LookSheet Of(Look look)
    {
        var text = look.Sheet();
        return new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16], text);
    }
}
