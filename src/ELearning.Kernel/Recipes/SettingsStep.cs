using System.Globalization;
using System.Text.Json.Nodes;
using ELearning.Settings;
using ELearning.Shells;

namespace ELearning.Recipes;

/// <summary>Sets the site's name, zone, culture and home, and any declared record of settings by its name.</summary>
internal sealed class SettingsStep(Tenants tenants, SettingStore store, TenantSettings settings) : IRecipeStep, IRecipeWriter
{
    public static readonly Shape Takes = Shape.Record(catalog =>
    [
        new("SiteName", Shape.TextThat(name => string.IsNullOrWhiteSpace(name) || name.Length > 200 ? "write 1 to 200 characters." : null)),
        new("TimeZoneId", Shape.TextThat(id => TimeZoneInfo.TryFindSystemTimeZoneById(id, out _) ? null : $"there is no zone \"{id}\". Write an IANA name, such as \"Europe/Berlin\".")),
        new("Culture", Shape.TextThat(name => IsCulture(name) ? null : $"there is no culture \"{name}\". Write a language tag, such as \"de\" or \"en-GB\".")),
        new("HomeRoute", Shape.TextThat(path => path is "" || path.StartsWith('/') ? null : "write a path that begins with /, such as \"/hello\".")),
        .. catalog.Settings.Values.Where(setting => setting.Type != typeof(SiteSettings)).Select(setting => new Shape.Property(setting.Name, Shape.Of(setting.Type))),
    ]);

    public static readonly IReadOnlyDictionary<string, JsonObject> Nothing = new Dictionary<string, JsonObject>();

    public async Task<IReadOnlyList<PlannedChange>> PlanAsync(StepInput step, CancellationToken ct)
    {
        var tenant = (await tenants.FindAsync(step.Tenant, ct))!;
        var wanted = Wanted(step);
        var plan = await settings.PlanAsync(tenant, wanted, ct);
        if (plan.Errors.Count > 0) throw new RecipeException(new SettingsRefused(plan.Errors).ToString());

        var after = Site(step)(tenant);
        return
        [
            new("SiteName", tenant.Title, after.Title), new("TimeZoneId", tenant.Zone, after.Zone), new("Culture", tenant.Culture, after.Culture),
            .. plan.Values.Select(value => value.Property.IsSecret
                ? new PlannedChange(value.Property.Key, "a secret", value.To == value.From ? "a secret" : "another secret")
                : new PlannedChange(value.Property.Key, value.From, value.To)),
        ];
    }

    public Task ApplyAsync(StepInput step, CancellationToken ct) => settings.ApplyAsync(step.Tenant, Wanted(step), Site(step), step.By, ct);

    public async Task<IReadOnlyList<object>> WriteAsync(string tenant, CancellationToken ct)
    {
        var row = (await tenants.FindAsync(tenant, ct))!;
        var step = new JsonObject { ["SiteName"] = row.Title, ["TimeZoneId"] = row.Zone, ["Culture"] = row.Culture };
        foreach (var value in (await settings.ListAsync(tenant, ct)).Values.Where(v => v is { IsSet: true, IsSecret: false }))
        {
            if (value is { Name: "Site", Property: nameof(SiteSettings.HomeRoute) }) step["HomeRoute"] = JsonNode.Parse(value.Value!);
            else ((JsonObject)(step[value.Name] ??= new JsonObject()))[value.Property] = JsonNode.Parse(value.Value!);
        }
        return [step];
    }

    private Dictionary<string, JsonObject> Wanted(StepInput step)
    {
        var wanted = new Dictionary<string, JsonObject>();
        foreach (var (name, value) in JsonNode.Parse(step.Json)!.AsObject())
        {
            if (value is JsonObject record && store.Records.ContainsKey(name)) wanted[name] = (JsonObject)record.DeepClone();
            else if (name.Equals("HomeRoute", StringComparison.OrdinalIgnoreCase)) wanted["Site"] = new() { [nameof(SiteSettings.HomeRoute)] = value!.DeepClone() };
        }
        return wanted;
    }

    private static Func<Tenant, Tenant> Site(StepInput step)
    {
        var site = step.Read<SiteProperties>();
        return row => row with { Title = site.SiteName ?? row.Title, Zone = site.TimeZoneId ?? row.Zone, Culture = site.Culture ?? row.Culture };
    }

    private static bool IsCulture(string name)
    {
        try
        {
            return CultureInfo.GetCultureInfo(name, predefinedOnly: true).Name != "";
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }

    private sealed record SiteProperties(string? SiteName = null, string? TimeZoneId = null, string? Culture = null);
}
