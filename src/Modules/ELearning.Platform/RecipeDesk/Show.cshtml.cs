using System.Text;
using ELearning.Recipes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Platform.RecipeDesk;

/// <summary>One recipe as it is written, with its mistakes beside their lines.</summary>
[Requires(PlatformFeature.Permissions.Recipes)]
internal sealed class Show(RecipeFiles recipes, RecipeReader reader) : PageModel
{
    public string Name { get; private set; } = "";

    public string[] Lines { get; private set; } = [];

    public IReadOnlyList<Mistake> Mistakes { get; private set; } = [];

    public IActionResult OnGet(string name)
    {
        if (recipes.Find(name) is not { } source) return NotFound();

        Name = name;
        Lines = Encoding.UTF8.GetString(source.Text).TrimStart('\uFEFF').ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        // What it takes as parameters is only known when it is applied.
        Mistakes = [.. reader.Read(source, new Dictionary<string, string>()).Mistakes];
        return Page();
    }
}
