using ELearning.Data;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Gives people roles and takes them back: never a role that allows more than the actor may do themselves.</summary>
internal sealed class GiveRoles(Db db, ELearning.Roles roles, RoleTexts words, Actor actor, IStringLocalizer<AccountsFeature> T)
{
    private Reach? _reach;
    private IReadOnlyList<Role>? _all;

    /// <returns>Why not, in words; null when it is done, or was so before.</returns>
    public async Task<string?> GiveAsync(Guid person, Guid role, Scope scope, CancellationToken ct)
    {
        if (await WhyNotAsync(role, ct) is { } why) return why;
        if (await db.FirstAsync<Guid?>($"SELECT id FROM people WHERE id = {person} AND state <> 'erased'", ct) is null) return T["This person is no longer here."];
        await roles.AssignAsync(person, role, scope, ct);
        return null;
    }

    public async Task<string?> TakeAsync(Guid person, Guid role, Scope scope, CancellationToken ct)
    {
        if (await WhyNotAsync(role, ct) is { } why) return why;
        var refusal = await roles.WithdrawAsync(person, role, scope, ct);
        return refusal is RoleRefusal.None or RoleRefusal.Changed ? null : words.Refusal(refusal);
    }

    public async Task<string?> WhyNotAsync(Guid role, CancellationToken ct)
    {
        _all ??= await roles.ListAsync(ct);
        _reach ??= await Reach.OfAsync(db, actor.Id, ct);
        if (_all.FirstOrDefault(one => one.Id == role) is not { } found) return T["This role is gone meanwhile. Choose another one."];
        return _reach.Covers(found) ? null : T["You can give only what you may do yourself, and {0} allows more.", words.Name(found)].Value;
    }
}
