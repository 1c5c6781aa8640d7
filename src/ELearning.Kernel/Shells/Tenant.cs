using System.Text.RegularExpressions;

namespace ELearning.Shells;

public enum TenantState { Uninitialized, Initializing, Running, Migrating, Suspended, Failed, Archived, Removed }

/// <summary>One organisation's site, as the platform's database knows it.</summary>
/// <param name="Name">Unique and never changed; what people and commands call it.</param>
/// <param name="Key">Names its database, files and roles; never reused, and another after a restore.</param>
/// <param name="Features">What was chosen. What is in force is the closure over it.</param>
/// <param name="Version">Goes up by one with every change; a change says which one it read.</param>
/// <param name="Changed">When, in the order of all changes of the platform: what other hosts read after.</param>
public sealed partial record Tenant(
    Guid Id, string Name, string Key, string Title, TenantState State, string? Reason, string[] Hosts, string? Prefix,
    string[] Features, string Theme, string Zone, string Culture, long Version, long Changed)
{
    /// <summary>The platform's own site. A tenant like any other, but for the features that only it may have.</summary>
    public const string Default = "Default";

    public bool IsPlatform => Name == Default;

    /// <summary>Ids carry the time at which they were made, in their first 48 bits.</summary>
    public DateTimeOffset MadeAt => DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(Id.ToString("N")[..12], 16));

    /// <summary>Goes into hosts, prefixes and commands, so it is letters, digits and hyphens.</summary>
    public static bool IsName(string name) => Names().IsMatch(name);

    /// <summary>Safe as a file name, a schema and a role, unlike a name, and different from those of a removed tenant of that name.</summary>
    public static string NewKey(string name, Guid id) => $"{name[..Math.Min(name.Length, 24)].ToLowerInvariant().Replace('-', '_')}_{id.ToString("N")[^8..]}";

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9-]{0,39}$")]
    private static partial Regex Names();
}
