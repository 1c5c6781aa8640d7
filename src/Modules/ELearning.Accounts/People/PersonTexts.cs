using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>What pages say of a person.</summary>
internal sealed class PersonTexts(IStringLocalizer<AccountsFeature> T)
{
    public (string Text, string Kind) State(string state, DateTimeOffset? trashedAt) => trashedAt is not null ? (T["In the trash"], "bad") : state switch
    {
        "invited" => (T["Invited"], "accent"),
        "suspended" => (T["Suspended"], "warn"),
        "erased" => (T["erased"], "bad"),
        _ => (T["Active"], "good"),
    };

    public string State(PeopleState state) => state switch
    {
        PeopleState.Active => T["Active"],
        PeopleState.Invited => T["Invited"],
        PeopleState.Suspended => T["Suspended"],
        PeopleState.Trash => T["In the trash"],
        _ => T["Everybody"],
    };

    public string Seen(PeopleSeen seen) => seen switch
    {
        PeopleSeen.Week => T["in seven days"],
        PeopleSeen.Month => T["in thirty days"],
        PeopleSeen.Never => T["never"],
        _ => T["whenever"],
    };

    public string Sort(PeopleSort sort) => sort switch
    {
        PeopleSort.Joined => T["Joined last"],
        PeopleSort.Seen => T["Seen last"],
        _ => T["Name"],
    };

    /// <summary>An id of version 7 begins with the time at which the person joined.</summary>
    public static DateTimeOffset? Joined(Guid id)
    {
        if (id.Version != 7) return null;
        var bytes = id.ToByteArray(bigEndian: true);
        var milliseconds = 0L;
        for (var i = 0; i < 6; i++) milliseconds = milliseconds << 8 | bytes[i];
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }
}
