using System.Text.Json.Nodes;
using ELearning.Shells;

namespace ELearning.Settings;

/// <summary>The one place where a tenant's settings are shown and changed. A change is in force when the shell is swapped, at once.</summary>
internal sealed class TenantSettings(
    FeatureCatalog catalog, SettingStore store, Tenants tenants, ShellHost shells, TimeProvider clock)
{
    /// <summary>Every property of every declared record, and the version that a change has to name.</summary>
    public async Task<SettingList> ListAsync(string tenant, CancellationToken ct)
    {
        var row = await FindAsync(tenant, ct);
        var rows = (await store.RowsAsync(row, ct)).ToDictionary(r => r.Key);
        return new(row.Version, [..
            from record in store.Records.Values
            from property in record.Properties
            let set = rows.GetValueOrDefault(property.Key)
            let value = set is not null && (property.IsSecret || property.Read(set.Json) is not null) ? set : null
            select new SettingValue(
                record.Info.Name, property.Name, property.IsSecret ? null : value?.Json ?? property.Default,
                property.IsSecret ? null : property.Default, property.IsSecret, value is not null, value?.By, value?.At)]);
    }

    /// <summary>Sets the named properties of one record; the others stay as they are, secrets too.</summary>
    /// <param name="version">The one that was read with the list, so that nobody's change is lost unseen.</param>
    public async Task<SettingsOutcome> ChangeAsync(string tenant, long version, string name, JsonObject values, string by, CancellationToken ct)
    {
        var read = await FindAsync(tenant, ct);
        if (read.Version != version) return new SettingsStale();
        return await ChangeAsync(read, new Dictionary<string, JsonObject> { [name] = values }, same => same, by, ct);
    }

    /// <summary>Sets what is named on whatever the tenant has now, and refuses by a <see cref="RecipeException"/>.</summary>
    public async Task ApplyAsync(
        string tenant, IReadOnlyDictionary<string, JsonObject> records, Func<Tenant, Tenant> site, string by, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            switch (await ChangeAsync(await FindAsync(tenant, ct), records, site, by, ct))
            {
                case SettingsSaved: return;
                case SettingsRefused refused: throw new RecipeException(refused.ToString());
            }
        }
        throw new RecipeException($"Others keep changing {tenant}. Try again.");
    }

    /// <summary>Sets properties of several records and of the tenant's row, in one transaction.</summary>
    private async Task<SettingsOutcome> ChangeAsync(
        Tenant read, IReadOnlyDictionary<string, JsonObject> records, Func<Tenant, Tenant> site, string by, CancellationToken ct)
    {
        var plan = await PlanAsync(read, records, ct);
        if (plan.Errors.Count > 0) return new SettingsRefused(plan.Errors);
        var changes = plan.Values.Where(value => value.From != value.To).ToList();
        if (changes.Count == 0 && site(read) == read) return new SettingsSaved(read);

        // Sealed before the transaction: a tenant's first secret makes a key, which is a write of its own.
        var rows = new List<(string Key, SettingRow? Row)>();
        foreach (var wanted in changes)
        {
            var key = wanted.Property.Key;
            if (wanted.To == wanted.Property.Default) rows.Add((key, null));
            else rows.Add((key, new(key, wanted.Property.IsSecret ? await store.SealAsync(read, key, wanted.To, ct) : wanted.To, by, clock.GetUtcNow())));
        }

        var saved = await shells.ChangeAsync(read, site, async db =>
        {
            foreach (var (key, row) in rows)
                await (row is null ? SettingStore.ClearAsync(db, read, key, ct) : SettingStore.SetAsync(db, read, row, ct));
        }, ct);
        return saved is null ? new SettingsStale() : new SettingsSaved(saved);
    }

    /// <summary>What a change would do, and what is wrong with it.</summary>
    public async Task<SettingsPlan> PlanAsync(Tenant tenant, IReadOnlyDictionary<string, JsonObject> records, CancellationToken ct)
    {
        var stored = await store.ValuesAsync(tenant, await store.RowsAsync(tenant, ct), ct);
        var plan = new SettingsPlan([], []);
        foreach (var (name, values) in records)
        {
            if (!store.Records.TryGetValue(name, out var record)) throw new ArgumentException($"No feature declares the setting {name}.");

            var wanted = new Dictionary<string, string>(stored);
            foreach (var (property, value) in values) Plan(plan, record, property, value?.ToJsonString() ?? "null", stored, wanted);
            foreach (var (key, mistake) in record.Mistakes(record.Make(wanted))) plan.Errors.TryAdd(key, mistake);
        }
        return plan;
    }

    private void Plan(
        SettingsPlan plan, SettingRecord record, string name, string json, Dictionary<string, string> stored, Dictionary<string, string> wanted)
    {
        if (record.Find(name) is not { } property)
        {
            plan.Errors[$"{record.Info.Name}.{name}"] = $"There is no such property. {Recipes.Nearest.Advice(name, record.Properties.Select(p => p.Name))}";
            return;
        }
        if (property.IsSecret && json is "null" or "\"\"") json = property.Default;

        var (value, mistake) = property.Check(json, catalog);
        if (value is null)
        {
            plan.Errors[property.Key] = mistake!;
            return;
        }

        var before = stored.TryGetValue(property.Key, out var kept) && property.Read(kept) is not null ? kept : property.Default;
        wanted[property.Key] = value;
        if (value == property.Default) wanted.Remove(property.Key);
        plan.Values.Add(new(property, before, value));
    }

    private async Task<Tenant> FindAsync(string tenant, CancellationToken ct) =>
        await tenants.FindAsync(tenant, ct) ?? throw new InvalidOperationException($"There is no tenant {tenant}.");
}

/// <summary>A property that was named, with its value of now and the wanted one. They may be the same.</summary>
internal sealed record WantedValue(SettingProperty Property, string From, string To);

internal sealed record SettingsPlan(List<WantedValue> Values, Dictionary<string, string> Errors);

public sealed record SettingList(long Version, IReadOnlyList<SettingValue> Values);

/// <summary>One property of a tenant's settings. Values are JSON; a secret's never leave the kernel.</summary>
/// <param name="IsSet">Differs from the default because somebody said so: <paramref name="By"/>, <paramref name="At"/>.</param>
public sealed record SettingValue(
    string Name, string Property, string? Value, string? Default, bool IsSecret, bool IsSet, string? By, DateTimeOffset? At);

public abstract record SettingsOutcome;

public sealed record SettingsSaved(Tenant Tenant) : SettingsOutcome;

/// <param name="Errors">By "Record.Property".</param>
public sealed record SettingsRefused(IReadOnlyDictionary<string, string> Errors) : SettingsOutcome
{
    public override string ToString() => string.Join(" ", Errors.Select(error => $"{error.Key}: {error.Value}"));
}

/// <summary>Somebody else changed the tenant since it was read.</summary>
public sealed record SettingsStale : SettingsOutcome;
