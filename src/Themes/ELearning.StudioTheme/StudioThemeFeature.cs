namespace ELearning.StudioTheme;

/// <summary>Bold and round, for those who sell what they teach.</summary>
public sealed class StudioThemeFeature : IFeature
{
    public FeatureInfo Info { get; } = new("StudioTheme", "Studio theme", "Themes", "Bold and round, for those who sell what they teach.");

    public void Declare(FeatureBuilder f) => f.Theme("Studio", basedOn: "Base");
}
