using ELearning.Recipes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform.RecipeDesk;

/// <summary>A recipe of this host, or a pasted one, on a running tenant: first what it would change, then the change.</summary>
[Requires(PlatformFeature.Permissions.Recipes)]
internal sealed class Apply(
    RecipeFiles recipes, RecipeExecutor executor, Shells.Tenants tenants, Audit audit, Actor actor, IStringLocalizer<PlatformFeature> text) : PageModel
{
    private const int LongestText = 1 << 20;

    [BindProperty]
    public Form Input { get; set; } = new();

    public IReadOnlyList<string> Names { get; private set; } = [];

    public RecipePlan? Plan { get; private set; }

    public IReadOnlyList<Mistake> Mistakes { get; private set; } = [];

    public int Changes => Plan?.Steps.Sum(step => step.Changes.Count) ?? 0;

    public void OnGet(string? tenant, string? recipe)
    {
        Names = recipes.Names;
        Input = new() { Tenant = tenant ?? "", Recipe = recipe ?? "" };
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => TellAsync(async (name, source, parameters) =>
        await executor.PlanAsync(name, source, parameters, actor.Name, ct), ct);

    public Task<IActionResult> OnPostRunAsync(CancellationToken ct) => TellAsync(async (name, source, parameters) =>
        await executor.RunAsync(name, source, parameters, actor.Name, ct), ct);

    private async Task<IActionResult> TellAsync(Func<string, RecipeSource, Dictionary<string, string>, Task<RecipeOutcome>> ask, CancellationToken ct)
    {
        Names = recipes.Names;
        var tenant = await tenants.FindAsync(Input.Tenant.Trim(), ct);
        if (tenant is null) ModelState.AddModelError("Input.Tenant", text["There is no tenant {0}.", Input.Tenant]);
        else if (tenant.State != ELearning.Shells.TenantState.Running) ModelState.AddModelError("Input.Tenant", text["{0} does not run. Let it run first.", tenant.Name]);
        var source = Source();
        if (source is null) ModelState.AddModelError("Input.Recipe", text["Choose a recipe, or paste one."]);
        var parameters = Parameters();
        if (tenant is null || source is null || parameters is null || !ModelState.IsValid) return Page();

        try
        {
            switch (await ask(tenant.Name, source, parameters))
            {
                case RecipeMistaken mistaken: Mistakes = mistaken.Mistakes; break;
                case RecipePlan plan: Plan = plan; break;
                case RecipeRun run:
                    await audit.WriteAsync("recipe-applied", new("tenant", tenant.Id), new { tenant = tenant.Name, recipe = source.Name, run = run.Id }, ct);
                    return RedirectToPage("Run", new { id = run.Id });
            }
        }
        catch (RecipeException refused)
        {
            ModelState.AddModelError("", refused.Message);
        }
        return Page();
    }

    private RecipeSource? Source() =>
        Input.Recipe is { Length: > 0 } name ? recipes.Find(name)
        : string.IsNullOrWhiteSpace(Input.Text) || Input.Text.Length > LongestText ? null : RecipeSource.Of("pasted", Input.Text);

    private Dictionary<string, string>? Parameters()
    {
        var parameters = new Dictionary<string, string>();
        foreach (var line in (Input.Parameters ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.Split('=', 2) is [var name, var value]) parameters[name.Trim()] = value.Trim();
            else
            {
                ModelState.AddModelError("Input.Parameters", text["\"{0}\" lacks its value: write name=value.", line]);
                return null;
            }
        }
        return parameters;
    }

    public sealed class Form
    {
        public string Tenant { get; set; } = "";

        public string? Recipe { get; set; }

        public string? Text { get; set; }

        public string? Parameters { get; set; }
    }
}
