using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Why somebody may do something, or may not: the decision as the site itself makes it, with the rule that decided.</summary>
[Requires(ELearning.Roles.ManagePermission)]
internal sealed class Why(PersonChoice choice, FeaturesInForce features, Permissions permissions, RoleTexts words, IStringLocalizer<AccountsFeature> T) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid? Person { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Chosen { get; set; }

    [BindProperty(SupportsGet = true), StringLength(200)]
    public string? Who { get; set; }

    [BindProperty(SupportsGet = true), StringLength(100)]
    public string? Permission { get; set; }

    [BindProperty(SupportsGet = true), StringLength(50)]
    public string? Kind { get; set; }

    [BindProperty(SupportsGet = true), StringLength(200)]
    public string? Thing { get; set; }

    public PersonChoice Choice => choice;

    public ILookup<string, (string Id, string Text)> Offered { get; private set; } = null!; // made before the page is shown

    public IReadOnlyList<(string Kind, string Text)> Kinds { get; private set; } = [];

    public Decision? Decision { get; private set; }

    public string Reason { get; private set; } = "";

    public async Task OnGetAsync(CancellationToken ct)
    {
        Offered = features.Permissions.Values.Select(permission => (Group: features.Text(permission.Feature, permission.Group), permission.Id, Text: features.Text(permission)))
            .OrderBy(permission => permission.Group).ThenBy(permission => permission.Text).ToLookup(permission => permission.Group, permission => (permission.Id, permission.Text));
        Kinds = [.. features.Scopes.Keys.Select(kind => (kind, words.Kind(kind))).OrderBy(kind => kind.Item2)];
        await choice.ReadAsync(Chosen, Person, Who, ct);
        if (choice.IsNobody) ModelState.AddModelError("Who", T["Nobody here has a name like that. Write the beginning of a name."]);
        if (!ModelState.IsValid || choice.Person is not { } person || string.IsNullOrEmpty(Permission) || await ScopeAsync(ct) is not { } scope) return;

        Decision = await permissions.DecideAsync(new(ActorKind.Person, person.Id, person.DisplayName), Permission, scope, ct);
        Reason = await words.RuleAsync(Decision.Rule, ct);
    }

    private async Task<Scope?> ScopeAsync(CancellationToken ct)
    {
        if (string.IsNullOrEmpty(Kind)) return Scope.Tenant;
        var (scope, problem) = await words.FindScopeAsync(Kind, Thing, ct);
        if (problem is not null) ModelState.AddModelError("Thing", problem);
        return scope;
    }
}
