using ELearning.Recipes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Platform.RecipeDesk;

/// <summary>What one run of a recipe has changed, and how far it came.</summary>
[Requires(PlatformFeature.Permissions.Recipes)]
internal sealed class Run(RecipeRuns runs, RecipeExecutor executor) : PageModel
{
    public RecipeRuns.RunRow Row { get; private set; } = null!; // set before the page is drawn

    public IReadOnlyList<StepPlan> Steps { get; private set; } = [];

    public int Changes => Steps.Sum(step => step.Changes.Count);

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken ct)
    {
        if (await runs.FindAsync(id, ct) is not { } row) return NotFound();

        Row = row;
        Steps = [.. (await runs.ResultsAsync(id, ct)).Select(step => new StepPlan(step.Recipe, step.Line, step.Name, step.Changes, null))];
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken ct)
    {
        if (await runs.FindAsync(id, ct) is null) return NotFound();

        await executor.ResumeAsync(id, ct);
        return RedirectToPage(new { id });
    }
}
