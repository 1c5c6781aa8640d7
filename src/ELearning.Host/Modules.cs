using ELearning.BaseTheme;
using ELearning.Hello;

namespace ELearning;

/// <summary>What this host can do. A module is here, or it is not: nothing is found by scanning.</summary>
public static class Modules
{
    public static readonly IFeature[] All =
    [
        new BaseThemeFeature(),
        new HelloFeature(),
    ];
}
