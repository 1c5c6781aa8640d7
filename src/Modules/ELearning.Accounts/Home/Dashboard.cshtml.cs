using ELearning.Data;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Accounts;

/// <summary>How a site stands, in a few numbers that each open their list, and what is left to do on a new one.</summary>
[Requires(PeoplePermissions.Read)]
internal sealed class Dashboard(Db db, TimeProvider clock) : PageModel
{
    public sealed record Numbers(long Active, long Invited, long Seen, long Suspended, long Administrators, long Others);

    public Numbers Of { get; private set; } = null!; // read before the page is shown

    public bool HasInvited => Of.Others > 0;

    public bool HasTwoAdministrators => Of.Administrators > 1;

    public async Task OnGetAsync(CancellationToken ct)
    {
        var week = clock.GetUtcNow() - PeopleQuery.Week;
        const int most = Counted.Most + 1;
        Of = await db.FirstAsync<Numbers>($"""
            SELECT
                (SELECT count(*) FROM (SELECT 1 FROM people WHERE trashed_at IS NULL AND state = 'active' LIMIT {most}) a) AS active,
                (SELECT count(*) FROM (SELECT 1 FROM people WHERE trashed_at IS NULL AND state = 'invited' LIMIT {most}) i) AS invited,
                (SELECT count(*) FROM (SELECT 1 FROM people WHERE trashed_at IS NULL AND seen_at >= {week} LIMIT {most}) s) AS seen,
                (SELECT count(*) FROM (SELECT 1 FROM people WHERE trashed_at IS NULL AND state = 'suspended' LIMIT {most}) u) AS suspended,
                (SELECT count(*) FROM (
                    SELECT 1 FROM role_assignments r JOIN people p ON p.id = r.person_id AND p.state = 'active' AND p.trashed_at IS NULL
                    WHERE r.role_id = {ELearning.Roles.Administrator} AND r.scope_kind = {Scope.Tenant.Kind} LIMIT 2) d) AS administrators,
                (SELECT count(*) FROM (
                    SELECT 1 FROM people p WHERE p.trashed_at IS NULL AND p.state IN ('active', 'invited') AND NOT EXISTS (
                        SELECT 1 FROM role_assignments r WHERE r.person_id = p.id AND r.role_id = {ELearning.Roles.Administrator}) LIMIT 1) o) AS others
            """, ct) ?? throw new InvalidOperationException("A row of numbers is always there.");
    }
}
