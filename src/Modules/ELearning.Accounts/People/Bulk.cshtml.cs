using System.ComponentModel.DataAnnotations;
using ELearning.Data;
using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

public enum BulkAct { Suspend, Resume, Role }

/// <summary>One act for all whom somebody has ticked: first what it will do and for whom not, then the act.</summary>
[Requires(PeoplePermissions.Read)]
internal sealed class Bulk(
    Db db, ChangePeople change, GiveRoles give, ELearning.Roles roles, RoleTexts words, Permissions permissions, Actor actor, IStringLocalizer<AccountsFeature> T) : PageModel
{
    public sealed record Chosen(Guid Id, string DisplayName, string State, long Sessions);

    [BindProperty]
    public BulkAct Act { get; set; }

    // As many as a page of the list has.
    [BindProperty, MaxLength(50)]
    public Guid[] Ids { get; set; } = [];

    [BindProperty, StringLength(500, ErrorMessage = "Shorten the reason to at most 500 characters.")]
    public string? Reason { get; set; }

    [BindProperty]
    public Guid? Role { get; set; }

    [BindProperty]
    public bool IsConfirmed { get; set; }

    public List<Chosen> People { get; private set; } = [];

    /// <summary>Of whom this changes something.</summary>
    public List<Chosen> Touched { get; private set; } = [];

    public IReadOnlyList<(Guid Id, string Name)> Roles { get; private set; } = [];

    public IActionResult OnGet() => RedirectToPage("/ELearning.Accounts/People/PeoplePage");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var needed = Act == BulkAct.Role ? ELearning.Roles.ManagePermission : PeoplePermissions.Manage;
        if (!(await permissions.DecideAsync(actor, needed, Scope.Tenant, ct)).Allowed) return StatusCode(403);
        if (Ids.Length == 0)
        {
            this.Say(T["Nobody was ticked. Tick the people first, then choose what to do."].Value);
            return RedirectToPage("/ELearning.Accounts/People/PeoplePage");
        }

        People = await db.ListAsync<Chosen>($"""
            SELECT p.id, p.display_name, p.state, (SELECT count(*) FROM sessions s WHERE s.person_id = p.id) AS sessions
            FROM people p WHERE p.id IN {Ids.Distinct()} AND p.trashed_at IS NULL AND p.state <> 'erased' ORDER BY p.sort_name, p.id LIMIT 50
            """, ct);
        Touched = Act switch
        {
            BulkAct.Suspend => People.FindAll(person => person.State == "active" && person.Id != actor.Id),
            BulkAct.Resume => People.FindAll(person => person.State == "suspended"),
            _ => People,
        };
        Roles = [.. (await roles.ListAsync(ct)).Select(role => (role.Id, words.Name(role))).OrderBy(role => role.Item2)];
        if (!IsConfirmed)
        {
            ModelState.Clear();
            return Page();
        }

        if (Act == BulkAct.Suspend && string.IsNullOrWhiteSpace(Reason)) ModelState.AddModelError("Reason", T["Say why. The reason stays with the person and in the trail."]);
        if (Act == BulkAct.Role && (Role is null ? T["Choose a role."].Value : await give.WhyNotAsync(Role.Value, ct)) is { } why) ModelState.AddModelError("Role", why);
        return ModelState.IsValid ? await RunAsync(ct) : Page();
    }

    private async Task<IActionResult> RunAsync(CancellationToken ct)
    {
        var (done, refused) = (0, new List<string>());
        foreach (var person in Touched)
        {
            var problem = Act switch
            {
                BulkAct.Suspend => Text(await change.SuspendAsync(person.Id, Reason!.Trim(), ct)),
                BulkAct.Resume => Text(await change.ResumeAsync(person.Id, ct)),
                _ => await give.GiveAsync(person.Id, Role!.Value, Scope.Tenant, ct),
            };
            if (problem is null) done++;
            else refused.Add($"{person.DisplayName}: {problem}");
        }
        this.Say(string.Join(' ', [T["Done for {0} people.", done].Value, .. refused]));
        return RedirectToPage("/ELearning.Accounts/People/PeoplePage");
    }

    private string? Text(PersonRefusal refusal) => refusal == PersonRefusal.None ? null : change.Text(refusal);
}
