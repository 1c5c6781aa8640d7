using System.ComponentModel.DataAnnotations;
using ELearning.Data;
using ELearning.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>One person: who they are here, what they may do, where they are signed in, and what was done last.</summary>
[Requires(PeoplePermissions.Read)]
internal sealed class PersonPage(
    Db db, ELearning.Roles roles, RoleTexts words, FeaturesInForce features, Permissions permissions, Sessions sessions, ELearning.Audit audit, AuditTrail trail,
    ChangePeople change, GiveRoles give, ActAs actAs, Actor actor, IStringLocalizer<AccountsFeature> T) : PageModel
{
    public sealed record Row(
        Guid Id, string DisplayName, string State, DateTimeOffset? TrashedAt, DateTimeOffset SeenAt, string? Culture, string? Zone, string? Picture, string? Email, string? Reason);

    private sealed record Assignment(Guid RoleId, string ScopeKind, Guid ScopeId);

    public sealed record Given(Role Role, string Name, Scope Scope, string Where);

    public Row Person { get; private set; } = null!; // read before every handler's page is shown

    public List<Given> Roles { get; private set; } = [];

    public IReadOnlyList<Role> Offered { get; private set; } = [];

    public IReadOnlyList<(string Kind, string Text)> Kinds { get; private set; } = [];

    public IReadOnlyList<(string Id, string Text, bool May)> Allowed { get; private set; } = [];

    public List<OpenSession> Sessions { get; private set; } = [];

    public List<AuditLine> Acts { get; private set; } = [];

    public bool MayManage { get; private set; }

    public bool MayGiveRoles { get; private set; }

    public bool MayEndSessions { get; private set; }

    public bool MayReadAudit { get; private set; }

    public bool MayActAs { get; private set; }

    public bool IsOneself => Person.Id == actor.Id;

    /// <summary>The password that somebody has just been given: shown once, and kept nowhere.</summary>
    [TempData]
    public string? Password { get; set; }

    public string NameOf(Role role) => words.Name(role);

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken ct) => await ReadAsync(id, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostSuspendAsync(Guid id, [Required(ErrorMessage = "Say why. The reason stays with the person and in the trail."), StringLength(500, ErrorMessage = "Shorten the reason to at most 500 characters.")] string? reason, CancellationToken ct) =>
        await ManageAsync(id, () => change.SuspendAsync(id, reason!.Trim(), ct), T["Suspended. All sessions have ended."], ct);

    public async Task<IActionResult> OnPostResumeAsync(Guid id, CancellationToken ct) => await ManageAsync(id, () => change.ResumeAsync(id, ct), T["Back in: this person can sign in again."], ct);

    public async Task<IActionResult> OnPostTrashAsync(Guid id, CancellationToken ct) => await ManageAsync(id, () => change.TrashAsync(id, ct), T["In the trash. You can restore this person here."], ct);

    public async Task<IActionResult> OnPostRestoreAsync(Guid id, CancellationToken ct) => await ManageAsync(id, () => change.RestoreAsync(id, ct), T["Restored, as they were before."], ct);

    public async Task<IActionResult> OnPostGiveAsync(Guid id, Guid role, string? kind, string? thing, CancellationToken ct)
    {
        if (!await MayAsync(ELearning.Roles.ManagePermission, ct)) return Forbidden();
        var (scope, problem) = string.IsNullOrEmpty(kind) ? (Scope.Tenant, null) : await words.FindScopeAsync(kind, thing, ct);
        return await AfterAsync(id, problem ?? await give.GiveAsync(id, role, scope!.Value, ct), T["The role is given, and in force."], ct);
    }

    public async Task<IActionResult> OnPostTakeAsync(Guid id, Guid role, string kind, Guid thing, CancellationToken ct) => !await MayAsync(ELearning.Roles.ManagePermission, ct) ? Forbidden()
        : await AfterAsync(id, await give.TakeAsync(id, role, new(kind, thing), ct), T["The role is taken back."], ct);

    public async Task<IActionResult> OnPostEndAsync(Guid id, Guid? session, CancellationToken ct)
    {
        if (!await MayAsync(ELearning.Sessions.ManagePermission, ct)) return Forbidden();
        await db.TransactAsync(async () =>
        {
            var ended = session is { } one ? await sessions.RevokeAsync(id, one, ct) ? 1 : 0 : await sessions.RevokeAllAsync(id, actor.Session, ct);
            if (ended > 0) await audit.WriteAsync("sessions-ended", new("person", id), new { ended }, ct, about: id);
        }, ct);
        return await AfterAsync(id, null, T["The session has ended."], ct);
    }

    public async Task<IActionResult> OnPostActAsAsync(Guid id, CancellationToken ct)
    {
        if (!await MayAsync(PeoplePermissions.ActAs, ct)) return Forbidden();
        return await actAs.BeginAsync(HttpContext, id, ct) is { } why ? await AfterAsync(id, why, "", ct) : LocalRedirect(Url.Content("~/home"));
    }

    private async Task<IActionResult> ManageAsync(Guid id, Func<Task<PersonRefusal>> act, string done, CancellationToken ct)
    {
        if (!await MayAsync(PeoplePermissions.Manage, ct)) return Forbidden();
        if (!ModelState.IsValid) return await ReadAsync(id, ct) ? Page() : NotFound();
        return await AfterAsync(id, await act() is var refusal and not PersonRefusal.None ? change.Text(refusal) : null, done, ct);
    }

    private async Task<IActionResult> AfterAsync(Guid id, string? problem, string done, CancellationToken ct)
    {
        if (problem is null)
        {
            this.Say(done);
            return RedirectToPage(new { id });
        }
        ModelState.Clear();
        ModelState.AddModelError("", problem);
        return await ReadAsync(id, ct) ? Page() : NotFound();
    }

    // The page may be seen by more people than may change something on it.
    private static StatusCodeResult Forbidden() => new(StatusCodes.Status403Forbidden);

    private async Task<bool> MayAsync(string permission, CancellationToken ct) => (await permissions.DecideAsync(actor, permission, Scope.Tenant, ct)).Allowed;

    private async Task<bool> ReadAsync(Guid id, CancellationToken ct)
    {
        if (await db.FirstAsync<Row>($"""
            SELECT p.id, p.display_name, p.state, p.trashed_at, p.seen_at, p.culture, p.zone, p.picture, a.email, s.reason
            FROM people p LEFT JOIN accounts a ON a.person_id = p.id LEFT JOIN suspensions s ON s.person_id = p.id WHERE p.id = {id}
            """, ct) is not { } person) return false;

        Person = person;
        (MayManage, MayGiveRoles, MayEndSessions, MayReadAudit, MayActAs) = (
            await MayAsync(PeoplePermissions.Manage, ct), await MayAsync(ELearning.Roles.ManagePermission, ct), await MayAsync(ELearning.Sessions.ManagePermission, ct),
            await MayAsync(ELearning.Audit.ReadPermission, ct), actor.ActedBy is null && await MayAsync(PeoplePermissions.ActAs, ct));
        Offered = await roles.ListAsync(ct);
        var byId = Offered.ToDictionary(role => role.Id);
        foreach (var given in await db.ListAsync<Assignment>($"""
            SELECT role_id, scope_kind, scope_id FROM role_assignments WHERE person_id = {id} ORDER BY scope_kind DESC, scope_id, role_id LIMIT 200
            """, ct))
            if (byId.TryGetValue(given.RoleId, out var role) && new Scope(given.ScopeKind, given.ScopeId) is var scope)
                Roles.Add(new(role, words.Name(role), scope, await words.ScopeAsync(scope, ct)));
        if (MayGiveRoles)
        {
            Kinds = [.. features.Scopes.Keys.Select(kind => (kind, words.Kind(kind))).OrderBy(kind => kind.Item2)];
            var everywhere = Roles.Where(given => given.Scope == Scope.Tenant).SelectMany(given => given.Role.Permissions).ToHashSet();
            Allowed = [.. features.Permissions.Values.Select(permission => (permission.Id, features.Text(permission), everywhere.Contains(permission.Id))).OrderBy(line => line.Item2)];
        }
        if (MayEndSessions) Sessions = await sessions.OfAsync(id, ct);
        if (MayReadAudit) Acts = await trail.ReadAsync(await audit.PageAsync(new() { Involved = id }, null, 10, ct), ct, Offered);
        return true;
    }
}
