using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ELearning.Data;
using ELearning.Settings;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Recipes;

/// <summary>Writes down what a tenant has as a recipe that makes the same of another one, and nothing of itself.</summary>
internal sealed class RecipeWriter(FeatureCatalog catalog, Tenants tenants, TenantSettings settings, ShellHost shells)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        // A recipe is a file for people, never part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public async Task<string> WriteAsync(string tenantName, CancellationToken ct)
    {
        var tenant = await tenants.FindAsync(tenantName, ct) ?? throw new RecipeException($"There is no tenant {tenantName}.");
        var steps = new JsonArray();
        await using (var lease = await shells.LeaseAsync(tenant.Name, ct))
        {
            await using var scope = lease.OpenScope();
            scope.Services.GetRequiredService<CurrentActor>().Set(Actor.Platform);
            foreach (var feature in catalog.Closure(tenant.Features, tenant.IsPlatform))
                foreach (var info in feature.Declared.RecipeSteps.Where(step => step.Writes))
                    foreach (var written in await ((IRecipeWriter)info.Create(scope.Services)).WriteAsync(tenant.Name, ct))
                        steps.Add(Step(info.Name, written));
        }

        var recipe = new JsonObject
        {
            ["name"] = tenant.Name.ToLowerInvariant(),
            ["displayName"] = tenant.Title,
            ["steps"] = steps,
        };
        var secrets = (await settings.ListAsync(tenant.Name, ct)).Values.Where(v => v is { IsSecret: true, IsSet: true }).ToList();
        var left = secrets.Count == 0 ? "" : $"// Secrets are not written out: {string.Join(", ", secrets.Select(s => $"{s.Name}.{s.Property}"))}.\n";
        return left + recipe.ToJsonString(Readable) + "\n";
    }

    private static JsonObject Step(string name, object written)
    {
        var step = new JsonObject { ["name"] = name };
        foreach (var (property, value) in JsonSerializer.SerializeToNode(written, Json.Options)!.AsObject()) step[property] = Escaped(value);
        return step;
    }

    private static JsonNode? Escaped(JsonNode? value) => value switch
    {
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Escaped(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Escaped)]),
        JsonValue v when v.GetValueKind() == JsonValueKind.String => Expressions.Escape(v.GetValue<string>()),
        _ => value?.DeepClone(),
    };
}
