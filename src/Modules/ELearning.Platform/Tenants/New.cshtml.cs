using ELearning.Data;
using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Platform.Tenants;

[Requires(PlatformFeature.Permissions.Tenants)]
internal sealed class New(CheckNewTenant check, MakeTenant make, RecipeFiles recipes, FeatureProfiles profiles, Engine engine, Actor actor) : PageModel
{
    [BindProperty]
    public NewTenantForm Input { get; set; } = new();

    public IReadOnlyList<RecipeInfo> Recipes { get; private set; } = [];

    public IReadOnlyList<FeatureProfile> Profiles { get; private set; } = [];

    public bool IsSqlite => engine.Dialect == Dialect.Sqlite;

    public string EngineName => engine.Name;

    public async Task OnGetAsync(CancellationToken ct)
    {
        Recipes = [.. recipes.List().Where(recipe => recipe.IsForSetup)];
        Profiles = await profiles.ListAsync(ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        ModelState.Clear();
        foreach (var (field, mistake) in await check.MistakesAsync(Input, ct)) ModelState.AddModelError($"Input.{field}", mistake);
        if (ModelState.IsValid)
        {
            var made = await make.RunAsync(Input, actor, ct);
            if (made.Tenant is { } tenant)
            {
                TempData["password"] = made.Password;
                TempData["email"] = Input.AdminEmail.Trim();
                return RedirectToPage("Made", new { name = tenant.Name });
            }
            ModelState.AddModelError("", made.Refusal!);
        }

        await OnGetAsync(ct);
        return Page();
    }
}
