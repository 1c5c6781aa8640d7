using ELearning.Data;
using ELearning.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>What people change about their own way in, after they have shown again who they are.</summary>
internal sealed class OwnSecurity(
    Db db, Credentials credentials, PasswordHashes hashes, SignInFailures failures, Arrivals arrivals, Actor actor, IStringLocalizer<AccountsFeature> texts)
{
    /// <summary>A session left open must not be enough to take an account over, nor to try passwords out.</summary>
    /// <returns>Null when the password fits; else why it was not taken.</returns>
    public async Task<string?> ProveAsync(HttpContext http, string password, CancellationToken ct)
    {
        var tried = Tried.Of($"own {actor.Id}", device: null, Limits.Who(http));
        var turn = await failures.TakeAsync(tried, ct);
        if (turn.Wait > TimeSpan.Zero) return texts["There were several tries that did not fit. Please wait {0}, then try again.", InWords.Wait(turn.Wait, texts)];

        var hash = await db.FirstAsync<string>($"SELECT password_hash FROM accounts WHERE person_id = {actor.Id}", ct);
        if (await hashes.CheckAsync(hash, password, ct) is PasswordMatch.No) return texts["This is not your password."];

        await failures.ForgetAsync(tried, ct);
        return null;
    }

    public Task ChangeAsync(Account account, PasswordHash password, CancellationToken ct) => db.TransactAsync(async () =>
    {
        await credentials.SetPasswordAsync(actor.Id, password, ct, except: actor.Session);
        await arrivals.TellAsync(actor.Id, account.Email, actor.Name, ct);
    }, ct);

    public async Task<bool> IsTotpRequiredAsync(CancellationToken ct) => await db.FirstAsync<Guid?>($"""
        SELECT r.role_id FROM role_assignments r JOIN role_requirements q ON q.role_id = r.role_id AND q.totp WHERE r.person_id = {actor.Id} LIMIT 1
        """, ct) is not null;
}
