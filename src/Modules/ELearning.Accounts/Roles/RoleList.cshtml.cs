using ELearning.Data;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Accounts;

[Requires(ELearning.Roles.ManagePermission)]
internal sealed class RoleList(Db db, ELearning.Roles roles, FeaturesInForce features, RoleTexts texts) : PageModel
{
    private sealed record Having(Guid Id, long People);

    public IReadOnlyList<(Role Role, string Name, string Description, int Permissions, Counted People)> All { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var people = (await db.ListAsync<Having>($"""
            SELECT r.id, (SELECT count(*) FROM (
                SELECT DISTINCT a.person_id FROM role_assignments a JOIN people p ON p.id = a.person_id AND p.trashed_at IS NULL
                WHERE a.role_id = r.id LIMIT {Counted.Most + 1}) having_it) AS people
            FROM roles r ORDER BY r.id
            """, ct)).ToDictionary(row => row.Id, row => row.People);
        All =
        [
            .. from role in await roles.ListAsync(ct)
               select (role, texts.Name(role), texts.Description(role), role.Permissions.Count(features.Permissions.ContainsKey), new Counted(people.GetValueOrDefault(role.Id))),
        ];
    }
}
