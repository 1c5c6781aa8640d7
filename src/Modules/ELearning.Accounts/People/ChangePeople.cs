using ELearning.Data;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

public enum PersonRefusal { None, Gone, Self, Above, LastAdministrator }

/// <summary>
/// Suspends people, lets them back in, and moves them to the trash. Never upwards: whoever may do something that the
/// actor may not is out of their reach. In force with the commit, since a session is read together with its person.
/// </summary>
internal sealed class ChangePeople(Db db, ELearning.Roles roles, Sessions sessions, Audit audit, Actor actor, TimeProvider clock, IStringLocalizer<AccountsFeature> T)
{
    public string Text(PersonRefusal refusal) => refusal switch
    {
        PersonRefusal.Gone => T["This has happened already, or the person is no longer here."],
        PersonRefusal.Self => T["You cannot do this to yourself. Ask somebody else who may."],
        PersonRefusal.Above => T["This person may do more than you may, so only somebody who may do all of it can change that."],
        PersonRefusal.LastAdministrator => T["The last administrator stays, or nobody could let anybody in again. Make somebody else an administrator first."],
        _ => "",
    };

    public Task<PersonRefusal> SuspendAsync(Guid person, string reason, CancellationToken ct) => ChangeAsync(person, async () =>
    {
        if (await db.ExecuteAsync($"UPDATE people SET state = 'suspended', revision = revision + 1 WHERE id = {person} AND state = 'active' AND trashed_at IS NULL", ct) == 0) return false;
        await db.ExecuteAsync($"""
            INSERT INTO suspensions (person_id, reason, by_id, at) VALUES ({person}, {reason}, {actor.Id}, {clock.GetUtcNow()})
            ON CONFLICT (person_id) DO UPDATE SET reason = excluded.reason, by_id = excluded.by_id, at = excluded.at
            """, ct);
        await sessions.RevokeAllAsync(person, except: null, ct);
        await audit.WriteAsync("person-suspended", new("person", person), new { reason }, ct, about: person);
        return true;
    }, ct);

    public Task<PersonRefusal> ResumeAsync(Guid person, CancellationToken ct) => ChangeAsync(person, async () =>
    {
        if (await db.ExecuteAsync($"UPDATE people SET state = 'active', revision = revision + 1 WHERE id = {person} AND state = 'suspended'", ct) == 0) return false;
        await db.ExecuteAsync($"DELETE FROM suspensions WHERE person_id = {person}", ct);
        await audit.WriteAsync("person-resumed", new("person", person), new { }, ct, about: person);
        return true;
    }, ct);

    public Task<PersonRefusal> TrashAsync(Guid person, CancellationToken ct) => ChangeAsync(person, async () =>
    {
        if (await db.ExecuteAsync($"UPDATE people SET trashed_at = {clock.GetUtcNow()}, revision = revision + 1 WHERE id = {person} AND trashed_at IS NULL AND state <> 'erased'", ct) == 0) return false;
        await sessions.RevokeAllAsync(person, except: null, ct);
        await audit.WriteAsync("person-trashed", new("person", person), new { }, ct, about: person);
        return true;
    }, ct);

    public Task<PersonRefusal> RestoreAsync(Guid person, CancellationToken ct) => ChangeAsync(person, async () =>
    {
        if (await db.ExecuteAsync($"UPDATE people SET trashed_at = NULL, revision = revision + 1 WHERE id = {person} AND trashed_at IS NOT NULL", ct) == 0) return false;
        await audit.WriteAsync("person-restored", new("person", person), new { }, ct, about: person);
        return true;
    }, ct);

    private async Task<PersonRefusal> ChangeAsync(Guid person, Func<Task<bool>> change, CancellationToken ct)
    {
        if (person == actor.Id) return PersonRefusal.Self;
        var theirs = await Reach.OfAsync(db, person, ct);
        if (!(await Reach.OfAsync(db, actor.Id, ct)).Covers(theirs)) return PersonRefusal.Above;
        try
        {
            return await db.TransactAsync(async () =>
            {
                if (!await change()) return PersonRefusal.Gone;
                if (theirs.IsAdministrator) await roles.KeepAdministratorAsync(ct);
                return PersonRefusal.None;
            }, ct);
        }
        catch (LastAdministratorException)
        {
            return PersonRefusal.LastAdministrator;
        }
    }
}
