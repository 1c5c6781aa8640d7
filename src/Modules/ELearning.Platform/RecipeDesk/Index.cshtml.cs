using ELearning.Recipes;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Platform.RecipeDesk;

[Requires(PlatformFeature.Permissions.Recipes)]
internal sealed class Index(RecipeFiles recipes) : PageModel
{
    public IReadOnlyList<RecipeInfo> Recipes { get; private set; } = [];

    public void OnGet() => Recipes = recipes.List();
}
