using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Spans of time as people say them.</summary>
internal static class InWords
{
    /// <summary>Rounded up: nobody is told to come back too early.</summary>
    public static string Wait(TimeSpan wait, IStringLocalizer texts) => wait.TotalSeconds switch
    {
        <= 10 => texts["a few seconds"],
        <= 30 => texts["half a minute"],
        <= 60 => texts["a minute"],
        var seconds => texts["{0} minutes", (int)Math.Ceiling(seconds / 60)],
    };
}
