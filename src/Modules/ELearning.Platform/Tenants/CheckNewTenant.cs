using System.ComponentModel.DataAnnotations;
using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform;

/// <summary>What is wrong with a form for a new tenant, by field. Asked while somebody types, and once more when it is sent.</summary>
internal sealed class CheckNewTenant(TenantRules rules, RecipeFiles recipes, IStringLocalizer<PlatformFeature> text)
{
    public static async Task<Ok<Dictionary<string, string>>> HandleAsync(
        [AsParameters] Asked asked, CheckNewTenant check, CancellationToken ct)
    {
        var form = new NewTenantForm
        {
            Title = asked.Title ?? "",
            Name = asked.Name ?? "",
            Host = asked.Host,
            Prefix = asked.Prefix,
            Recipe = asked.Recipe ?? "",
            AdminName = asked.AdminName ?? "",
            AdminEmail = asked.AdminEmail ?? "",
        };
        return TypedResults.Ok(await check.MistakesAsync(form, ct));
    }

    public async Task<Dictionary<string, string>> MistakesAsync(NewTenantForm form, CancellationToken ct)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(form, new(form), results, validateAllProperties: true);
        var mistakes = results.GroupBy(result => result.MemberNames.First()).ToDictionary(field => field.Key, field => text[field.First().ErrorMessage!].Value);

        if (form.Name != "" && await rules.NameAsync(form.Name.Trim(), ct) is { } name) Add(nameof(form.Name), name);
        if (form.Hosts.Length > 0 && await rules.AddressAsync(form.Hosts, null, null, ct) is { } host) Add(nameof(form.Host), host);
        if (form.CleanPrefix is { } prefix && await rules.AddressAsync([], prefix, null, ct) is { } taken) Add(nameof(form.Prefix), taken);
        if (form.Hosts.Length == 0 && form.CleanPrefix is null) Add(nameof(form.Prefix), new("Write a host name, a path prefix or both: people must find the site somewhere."));
        if (!recipes.Names.Contains(form.Recipe)) Add(nameof(form.Recipe), new("There is no recipe {0}.", form.Recipe));
        return mistakes;

        void Add(string field, Refusal refusal) => mistakes.TryAdd(field, text[refusal.Text, refusal.Values]);
    }

    internal sealed record Asked(string? Title, string? Name, string? Host, string? Prefix, string? Recipe, string? AdminName, string? AdminEmail);
}
