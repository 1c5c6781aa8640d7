namespace ELearning.BaseTheme;

/// <summary>The layout that every other theme is based on, and that every tenant has at least.</summary>
public sealed class BaseThemeFeature : IFeature
{
    public FeatureInfo Info { get; } = new("BaseTheme", "Base theme", "Themes", "Plain and quick: what other themes build on.") { AlwaysOn = true };

    public void Declare(FeatureBuilder f) => f.Theme("Base");
}
