using ELearning.Data;
using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Platform.Tenants;

[Requires(PlatformFeature.Permissions.Tenants)]
internal sealed class Index(TenantList list, TenantFigures figures, RecipeFiles recipes, FeatureCatalog catalog, ShellHost shells, Addresses addresses, StatementMeter meter) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Text { get; set; }

    [BindProperty(SupportsGet = true)]
    public TenantState? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Recipe { get; set; }

    [BindProperty(SupportsGet = true)]
    public TenantSort Sort { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public List<TenantRow> Rows { get; private set; } = [];

    public List<StateCount> States { get; private set; } = [];

    /// <summary>What features count beside people and storage, each a column.</summary>
    public IReadOnlyList<string> FigureNames { get; } =
        [.. catalog.All.SelectMany(f => f.Declared.Figures).Select(f => f.Name).Where(name => name is not (TenantFigures.People or TenantFigures.Storage))];

    public ILookup<Guid, (string Name, long Value)> Figures { get; private set; } = Array.Empty<int>().ToLookup(_ => Guid.Empty, _ => ("", 0L));

    public IReadOnlyList<string> Recipes { get; private set; } = [];

    public string? Next { get; private set; }

    public int Active { get; private set; }

    public bool IsFiltered => Text is not null || State is not null || Recipe is not null;

    public Addresses Addresses => addresses;

    public async Task OnGetAsync(CancellationToken ct)
    {
        Rows = await list.PageAsync(new(Text, State, Recipe, Sort, After), ct);
        if (Rows.Count > TenantList.PageLength)
        {
            Rows.RemoveAt(TenantList.PageLength);
            Next = TenantList.PlaceOf(Rows[^1], Sort);
        }
        Figures = await figures.OfAsync([.. Rows.Select(row => row.Id)], meter, ct);
        States = await list.CountAsync(ct);
        Recipes = recipes.Names;
        Active = shells.Active.Count();
    }

    /// <summary>What is known of a failure here: of the row, or of this host's last try.</summary>
    public ActivationFailure? FailureOf(TenantRow row) => shells.Table.Find(row.Name)?.Failure;

    /// <summary>This table with something else asked of it, from its beginning.</summary>
    public string With(TenantState? state, TenantSort sort, string? after = null) =>
        Url.Page("Index", new { q = Text, state, recipe = Recipe, sort = sort == TenantSort.Last ? (TenantSort?)null : sort, after })!;
}
