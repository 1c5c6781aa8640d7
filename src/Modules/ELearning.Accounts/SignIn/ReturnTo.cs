namespace ELearning.Accounts;

/// <summary>Where somebody is led after signing in. What is asked for stands in the address, so anybody may have written it.</summary>
internal static class ReturnTo
{
    /// <returns>The wish, when it is a path of this site; its home otherwise.</returns>
    public static string Local(string? wish, Site site) => Local(wish, site.Home);

    /// <param name="home">Ends with a slash.</param>
    internal static string Local(string? wish, string home) =>
        wish is not null && IsPath(wish) && wish.StartsWith(home, StringComparison.Ordinal) && !LeadsBack(wish) ? wish : home;

    // Browsers drop tabs and line ends, take \ for /, and // for the beginning of a host.
    private static bool IsPath(string wish) =>
        wish.Length <= 2000 && wish is ['/', ..] and not ['/', '/' or '\\', ..] && !wish.Any(c => char.IsControl(c) || c == '\\');

    // Of another tenant under the same host one could say /mine/../theirs.
    private static bool LeadsBack(string wish) => wish.Contains("..", StringComparison.Ordinal) || wish.Contains("%2e", StringComparison.OrdinalIgnoreCase);
}
