namespace ELearning;

/// <summary>Modules that only tests have, on every shared host beside the real ones.</summary>
public static class TestFeatures
{
    public static readonly IFeature[] All = [];
}
