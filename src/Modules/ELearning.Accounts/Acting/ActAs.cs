using ELearning.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>
/// Lets somebody see the site as another person does. Never upwards: whoever may do anything, anywhere, that the actor may
/// not is refused, administrators included; and never from within such a session. What is done meanwhile has both names.
/// </summary>
internal sealed class ActAs(Db db, Sessions sessions, Audit audit, Actor actor, IStringLocalizer<AccountsFeature> T)
{
    private sealed record Target(Guid Id, string DisplayName, string State, DateTimeOffset? TrashedAt);

    /// <returns>Why not, in words; null when the browser has that person's session now.</returns>
    public async Task<string?> BeginAsync(HttpContext http, Guid person, CancellationToken ct)
    {
        if (actor.ActedBy is not null) return T["You act for somebody already. Stop that first."];
        if (person == actor.Id) return T["That is you already."];
        if (await db.FirstAsync<Target>($"SELECT id, display_name, state, trashed_at FROM people WHERE id = {person}", ct) is not { State: "active", TrashedAt: null } target)
            return T["Only somebody who is active can be acted for."];

        var mine = (await Reach.OfAsync(db, actor.Id, ct)).Permissions;
        // A permission for one course counts as much: the actor must have it everywhere.
        var theirs = await db.ListAsync<string>($"""
            SELECT DISTINCT p.permission FROM role_assignments a JOIN role_permissions p ON p.role_id = a.role_id WHERE a.person_id = {person} ORDER BY p.permission
            """, ct);
        if (theirs.Exists(permission => !mine.Contains(permission))) return T["{0} may do something that you may not, so you cannot act for them.", target.DisplayName];

        await db.TransactAsync(async () =>
        {
            await audit.WriteAsync("acting-begun", new("person", person), new { }, ct, about: person);
            if (actor.Session is { } own) await sessions.RevokeAsync(actor.Id, own, ct);
            await sessions.OpenAsync(http, new(person) { ActedBy = actor.Id }, ct);
        }, ct);
        return null;
    }

    /// <summary>Back to oneself, in a new session.</summary>
    /// <returns>The person for whom was acted; null when nobody was.</returns>
    public async Task<Guid?> StopAsync(HttpContext http, CancellationToken ct)
    {
        if (actor is not { ActedBy: { } oneself, Session: { } session, Person: { } person }) return null;
        await db.TransactAsync(async () =>
        {
            await audit.WriteAsync("acting-stopped", new("person", person), new { }, ct, about: person);
            await sessions.RevokeAsync(person, session, ct);
            await sessions.OpenAsync(http, new(oneself), ct);
        }, ct);
        return person;
    }
}
