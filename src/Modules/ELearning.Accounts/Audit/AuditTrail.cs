using System.Text.Json;
using ELearning.Data;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>A row of the trail as people read it.</summary>
/// <param name="Who">Who did it; null when that person has been erased.</param>
/// <param name="For">The person for whom they acted, if they did not act for themselves.</param>
internal sealed record AuditLine(
    AuditEntry Entry, string Act, string? Who, string? For, string Subject, string? SubjectUrl, IReadOnlyList<(string Name, string Value)> Values);

/// <summary>Puts names and words to the rows of a page of the trail, in one statement for people and one for roles.</summary>
internal sealed class AuditTrail(Db db, ELearning.Roles roles, RoleTexts words, FeaturesInForce features, IStringLocalizer<AccountsFeature> T)
{
    private const int LongestValue = 300;

    private sealed record Named(Guid Id, string DisplayName);

    /// <param name="known">All roles, where somebody has read them already.</param>
    public async Task<List<AuditLine>> ReadAsync(List<AuditEntry> entries, CancellationToken ct, IReadOnlyList<Role>? known = null)
    {
        if (entries.Count == 0) return [];
        var values = entries.ConvertAll(Values);
        var ids = entries.SelectMany(entry => new[] { entry.PersonId, entry.ActedBy, entry.SubjectKind == "person" ? entry.SubjectId : null }).OfType<Guid>().Distinct().ToList();
        var people = ids.Count == 0 ? [] : (await db.ListAsync<Named>($"SELECT id, display_name FROM people WHERE id IN {ids} ORDER BY id LIMIT {ids.Count}", ct))
            .ToDictionary(person => person.Id, person => person.DisplayName);
        var named = (known ?? await roles.ListAsync(ct)).ToDictionary(role => role.Id, words.Name);
        return [.. entries.Select((entry, i) => Line(entry, values[i], people, named))];
    }

    public string Act(string act) => features.Act(act);

    private AuditLine Line(AuditEntry entry, IReadOnlyList<(string Name, string Value)> values, Dictionary<Guid, string> people, Dictionary<Guid, string> named)
    {
        var doer = entry.ActedBy is { } behind ? people.GetValueOrDefault(behind) ?? T["somebody who is no longer here"].Value : null;
        var person = entry.ActorKind switch
        {
            null => null,
            ActorKind.Platform => T["The platform"].Value,
            ActorKind.Job => T["The site itself"].Value,
            ActorKind.Nobody => T["Somebody not signed in"].Value,
            _ => entry.Name,
        };
        var (subject, url) = Subject(entry, people, named);
        return new(entry, Act(entry.Act), doer ?? person, doer is null ? null : person, subject, url,
            [.. values.Select(value => (value.Name, Guid.TryParse(value.Value, out var id) && (named.TryGetValue(id, out var name) || people.TryGetValue(id, out name)) ? name : value.Value))]);
    }

    private (string Text, string? Url) Subject(AuditEntry entry, Dictionary<Guid, string> people, Dictionary<Guid, string> named) => entry switch
    {
        { SubjectKind: null } => (T["erased"], null),
        { SubjectKind: "tenant" } => (T["the site"], null),
        { SubjectKind: "person", SubjectId: { } id } when people.TryGetValue(id, out var name) => (name, $"/manage/people/{id}"),
        { SubjectKind: "role", SubjectId: { } id } when named.TryGetValue(id, out var name) => (name, $"/manage/people/roles/{id}"),
        _ => ($"{entry.SubjectKind} {entry.SubjectId:N}"[..Math.Min(24, entry.SubjectKind.Length + 9)], null),
    };

    private static IReadOnlyList<(string Name, string Value)> Values(AuditEntry entry)
    {
        if (entry.Json is null) return [];
        using var json = JsonDocument.Parse(entry.Json);
        if (json.RootElement.ValueKind != JsonValueKind.Object) return [("", Short(json.RootElement.ToString()))];
        return [.. json.RootElement.EnumerateObject().SelectMany(property => Flat(property.Name, property.Value))];
    }

    private static IEnumerable<(string, string)> Flat(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(inner => Flat($"{name} {inner.Name}", inner.Value)),
        JsonValueKind.Array => [(name, Short(string.Join(", ", value.EnumerateArray())))],
        JsonValueKind.Null => [],
        _ => [(name, Short(value.ToString()))],
    };

    private static string Short(string text) => text.Length <= LongestValue ? text : $"{text[..LongestValue]}…";
}
