using ELearning.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Accounts;

/// <summary>The people of a site, however many they are.</summary>
[Requires(PeoplePermissions.Read)]
internal sealed class PeoplePage(Db db, PeopleStore people, ELearning.Roles roles, RoleTexts words, Permissions permissions, Actor actor) : PageModel
{
    private const int PerPage = 50;

    private sealed record Given(Guid PersonId, Guid RoleId);

    [BindProperty(SupportsGet = true)]
    public PeopleQuery Query { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public List<PersonRow> Rows { get; private set; } = [];

    public Counted Count { get; private set; }

    public string? Next { get; private set; }

    public IReadOnlyList<(Guid Id, string Name)> Roles { get; private set; } = [];

    public ILookup<Guid, string> RolesOf { get; private set; } = Array.Empty<string>().ToLookup(_ => Guid.Empty);

    public bool MayManage { get; private set; }

    public bool MayGiveRoles { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        MayManage = (await permissions.DecideAsync(actor, PeoplePermissions.Manage, Scope.Tenant, ct)).Allowed;
        MayGiveRoles = (await permissions.DecideAsync(actor, ELearning.Roles.ManagePermission, Scope.Tenant, ct)).Allowed;
        var all = (await roles.ListAsync(ct)).ToDictionary(role => role.Id, words.Name);
        Roles = [.. all.Select(role => (role.Key, role.Value)).OrderBy(role => role.Value)];

        Count = await people.CountAsync(Query, ct);
        Rows = await people.PageAsync(Query, Count, PeoplePlace.Parse(After), PerPage + 1, ct);
        if (Rows.Count > PerPage)
        {
            Rows.RemoveAt(PerPage);
            Next = Query.ToQueryString(Rows[^1].Place);
        }
        if (Rows.Count == 0) return;

        var given = await db.ListAsync<Given>($"""
            SELECT DISTINCT person_id, role_id FROM role_assignments
            WHERE person_id IN {Rows.Select(row => row.Id)} ORDER BY person_id, role_id LIMIT 1000
            """, ct);
        RolesOf = given.Where(one => all.ContainsKey(one.RoleId)).Select(one => (one.PersonId, Name: all[one.RoleId])).Distinct()
            .OrderBy(one => one.Name).ToLookup(one => one.PersonId, one => one.Name);
    }
}
