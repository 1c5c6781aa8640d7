using System.Text;
using ELearning.Recipes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ELearning.Platform;

/// <summary>A tenant as a recipe, to be downloaded. Secrets and passwords are not in it.</summary>
internal static class WriteOut
{
    public static async Task<Results<FileContentHttpResult, NotFound>> HandleAsync(string name, Shells.Tenants tenants, RecipeWriter writer, CancellationToken ct) =>
        await tenants.FindAsync(name, ct) is { } tenant
            ? TypedResults.File(Encoding.UTF8.GetBytes(await writer.WriteAsync(tenant.Name, ct)), "application/json", $"{tenant.Name.ToLowerInvariant()}.recipe.json")
            : TypedResults.NotFound();
}
