using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ELearning.Data;
using ELearning.Settings;
using ELearning.Shells;

namespace ELearning.SiteAdmin.Settings;

/// <summary>How one property is edited. What is none of these is set by a recipe.</summary>
internal enum SettingKind { Text, Whole, Flag, Choice, Other }

/// <summary>One property of a feature's settings, as an administrator reads it.</summary>
/// <param name="Value">As JSON; null for a secret.</param>
internal sealed record SettingLine(
    string Name, string Property, string Label, string? Hint, SettingKind Kind, IReadOnlyList<string> Choices, string? Value, string? Default,
    bool IsSecret, bool IsNullable, bool IsSet, string? By, DateTimeOffset? At);

/// <summary>A record of settings with the feature that it belongs to.</summary>
internal sealed record SettingGroup(string Name, string Feature, IReadOnlyList<SettingLine> Lines);

/// <summary>The settings of all features that are on, under the names that people read, and their changes.</summary>
internal sealed class SiteSettingsList(
    Tenant tenant, TenantSettings settings, SettingStore store, FeaturesInForce texts, Db db, Audit audit, Actor actor)
{
    // Who looks after these has a page of their own for them.
    private static readonly string[] Elsewhere = ["Brand", "Site"];

    /// <param name="search">Words that name or label must all contain; everything when empty.</param>
    public async Task<(long Version, IReadOnlyList<SettingGroup> Groups)> ReadAsync(string? search, CancellationToken ct)
    {
        var list = await settings.ListAsync(tenant.Name, ct);
        var people = await NamesAsync(list.Values, ct);
        var inForce = Shell.Current.Features.Select(feature => feature.Id).ToHashSet();
        var words = (search ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var groups =
            from record in store.Records.Values
            where inForce.Contains(record.Info.Feature) && !Elsewhere.Contains(record.Info.Name)
            let feature = Shell.Current.Features.First(f => f.Id == record.Info.Feature)
            let name = texts.Text(feature.Id, feature.Info.Name)
            let lines = (from property in record.Properties
                         let value = list.Values.First(v => v.Name == record.Info.Name && v.Property == property.Name)
                         let line = LineOf(record, property, value, people)
                         where words.All(word => $"{name} {line.Label} {line.Hint} {property.Key}".Contains(word, StringComparison.CurrentCultureIgnoreCase))
                         select line).ToList()
            where lines.Count > 0
            orderby name, record.Info.Name
            select new SettingGroup(record.Info.Name, name, lines);
        return (list.Version, [.. groups]);
    }

    public async Task<(long Version, SettingGroup Group)?> FindAsync(string name, CancellationToken ct)
    {
        var (version, groups) = await ReadAsync(null, ct);
        return groups.FirstOrDefault(group => group.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found ? (version, found) : null;
    }

    /// <param name="values">What was written in the form, by property. Those that are not there stay as they are.</param>
    /// <returns>Null when it is done; else what is wrong, by property, or by nothing when somebody else was faster.</returns>
    public async Task<IReadOnlyDictionary<string, string>?> ChangeAsync(SettingGroup group, long version, IReadOnlyDictionary<string, string?> values, CancellationToken ct)
    {
        var wanted = new JsonObject();
        var changed = new List<string>();
        foreach (var line in group.Lines.Where(line => line.Kind != SettingKind.Other && values.ContainsKey(line.Property)))
        {
            var written = values[line.Property] ?? "";
            // A secret is never shown, so an empty field says nothing about it.
            if (line.IsSecret && written == "") continue;
            var value = ValueOf(line, written);
            wanted[line.Property] = value;
            if (line.IsSecret || (value?.ToJsonString() ?? "null") != line.Value) changed.Add($"{group.Name}.{line.Property}");
        }

        switch (await settings.ChangeAsync(tenant.Name, version, group.Name, wanted, actor.Id.ToString(), ct))
        {
            case SettingsRefused refused:
                var feature = store.Records[group.Name].Info.Feature;
                return refused.Errors.ToDictionary(error => error.Key[(error.Key.IndexOf('.') + 1)..], error => texts.Text(feature, error.Value));
            case SettingsStale:
                return new Dictionary<string, string> { [""] = "" };
        }
        if (changed.Count > 0) await audit.WriteAsync("settings-changed", Scope.Tenant, new { Settings = changed }, ct);
        return null;
    }

    private SettingLine LineOf(SettingRecord record, SettingProperty property, SettingValue value, Dictionary<string, string> people)
    {
        var feature = record.Info.Feature;
        var display = property.Declared.GetCustomAttribute<DisplayAttribute>();
        var type = Nullable.GetUnderlyingType(property.Declared.PropertyType) ?? property.Declared.PropertyType;
        var kind = type == typeof(string) ? SettingKind.Text : type == typeof(int) || type == typeof(long) ? SettingKind.Whole
            : type == typeof(bool) ? SettingKind.Flag : type.IsEnum ? SettingKind.Choice : SettingKind.Other;
        return new(record.Info.Name, property.Name, texts.Text(feature, display?.Name ?? Words(property.Name)),
            display?.Description is { } hint ? texts.Text(feature, hint) : null, kind, type.IsEnum ? Enum.GetNames(type) : [], value.Value, value.Default,
            property.IsSecret, Nullable.GetUnderlyingType(property.Declared.PropertyType) is not null, value.IsSet,
            value.By is { } by ? people.GetValueOrDefault(by, by) : null, value.At);
    }

    /// <summary>A value in words of a list: no quotation marks, no braces.</summary>
    public static string? Plain(string? json) => json is null ? null : JsonNode.Parse(json) switch
    {
        null => "",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonArray items => string.Join(", ", items.Select(item => Plain(item?.ToJsonString()))),
        var other => other.ToJsonString(),
    };

    private static JsonNode? ValueOf(SettingLine line, string written) => line.Kind switch
    {
        SettingKind.Flag => written == "true",
        SettingKind.Whole when written == "" && line.IsNullable => null,
        SettingKind.Whole when long.TryParse(written, out var number) => number,
        // What is no number goes on as a text, and is refused by the rule of the property, in its words.
        _ => written,
    };

    // The ones who changed something are few, and asked for at once.
    private async Task<Dictionary<string, string>> NamesAsync(IEnumerable<SettingValue> values, CancellationToken ct)
    {
        var ids = values.Select(value => Guid.TryParse(value.By, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct().ToArray();
        if (ids.Length == 0) return [];
        var people = await db.ListAsync<Named>($"SELECT id, display_name FROM people WHERE id IN {ids}", ct);
        return people.ToDictionary(person => person.Id.ToString(), person => person.DisplayName);
    }

    // DaysKept > "Days kept"
    private static string Words(string name)
    {
        var words = new StringBuilder();
        foreach (var letter in name) words.Append(char.IsUpper(letter) && words.Length > 0 ? " " : "").Append(words.Length > 0 ? char.ToLowerInvariant(letter) : letter);
        return words.ToString();
    }

    private sealed record Named(Guid Id, string DisplayName);
}
