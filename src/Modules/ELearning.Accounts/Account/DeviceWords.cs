using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>What a browser says of itself, as people would say it. It says what it likes, so this is for recognising, not for deciding.</summary>
internal static class DeviceWords
{
    // Each says the names of those below it too, so the order matters.
    private static readonly (string Sign, string Name)[] Browsers =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Sign, string Name)[] Systems =
        [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux")];

    public static string Of(string device, IStringLocalizer texts) => (Find(Browsers, device), Find(Systems, device)) switch
    {
        ({ } browser, { } system) => texts["{0} on {1}", browser, system],
        ({ } browser, null) => browser,
        (null, { } system) => texts["A browser on {0}", system],
        _ => texts["A browser that does not say its name"],
    };

    private static string? Find((string Sign, string Name)[] known, string device) =>
        known.FirstOrDefault(entry => device.Contains(entry.Sign, StringComparison.Ordinal)).Name;
}
