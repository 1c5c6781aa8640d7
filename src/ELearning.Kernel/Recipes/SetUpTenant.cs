using ELearning.Shells;

namespace ELearning.Recipes;

/// <summary>Makes a tenant as a recipe says. A recipe with a mistake makes none, and one that fails leaves none.</summary>
internal sealed class SetUpTenant(CreateTenant create, Tenants tenants, RecipeFiles recipes, RecipeExecutor executor)
{
    /// <param name="by">Who asked for it, as the record of the run will say.</param>
    public async Task<CreatedTenant> RunAsync(NewTenant wish, string recipe, string by, CancellationToken ct)
    {
        if (recipes.Find(recipe) is not { } source)
            return new(null, $"There is no recipe {recipe}. There are: {string.Join(", ", recipes.Names)}.");

        var made = await create.RunAsync(wish, ct);
        if (made.Tenant is not { } tenant) return made;

        var outcome = await executor.RunAsync(tenant.Name, source, new Dictionary<string, string>(), by, ct);
        var refusal = outcome switch
        {
            RecipeMistaken mistaken => string.Join(Environment.NewLine, mistaken.Mistakes),
            RecipeRun { State: not RunState.Done } run => $"The recipe {recipe} failed, and nothing of {tenant.Name} is left: {run.Error}",
            _ => null,
        };
        if (refusal is null)
        {
            await tenants.MadeByAsync(tenant, recipe, ct);
            return made;
        }

        await create.UndoAsync(tenant);
        return new(null, refusal);
    }
}
