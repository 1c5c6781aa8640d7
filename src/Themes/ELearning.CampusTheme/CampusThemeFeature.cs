namespace ELearning.CampusTheme;

/// <summary>Calm and academic: serif headings, hairlines, small corners.</summary>
public sealed class CampusThemeFeature : IFeature
{
    public FeatureInfo Info { get; } = new("CampusTheme", "Campus theme", "Themes", "Calm and academic, for schools and universities.");

    public void Declare(FeatureBuilder f) => f.Theme("Campus", basedOn: "Base");
}
