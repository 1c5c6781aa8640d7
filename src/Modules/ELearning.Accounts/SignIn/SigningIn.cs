using System.Security.Cryptography;
using System.Text;
using ELearning.Data;
using ELearning.Security;
using Microsoft.AspNetCore.Http;

namespace ELearning.Accounts;

/// <summary>Somebody who has given a password and is not in yet: a code, a new password or an authenticator may be missing.</summary>
/// <param name="Stamp">Of the password that was given: another one in the meantime, and this is worth nothing.</param>
internal sealed record HalfSignedIn(Guid Person, bool Kept, string ReturnTo, bool CodeGiven, string Stamp, DateTimeOffset Until);

/// <summary>What a sign-in asks of the database about a person.</summary>
internal sealed record Candidate(
    Guid PersonId, string Email, string DisplayName, string State, bool IsTrashed, string? PasswordHash, bool MustChangePassword,
    string? TotpSecret, DateTimeOffset? TotpSince, long TotpStep, bool NeedsTotp)
{
    public string Stamp => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PasswordHash ?? "")))[..16];

    /// <summary>Who does what is done before there is a session.</summary>
    public Actor Actor => new(ActorKind.Person, PersonId, DisplayName);

    public bool MayEnter => State == "active" && !IsTrashed;
}

internal abstract record SignInOutcome;

/// <summary>To be redirected to: the next step, or where they wanted to go.</summary>
internal sealed record GoOn(string Path) : SignInOutcome;

internal sealed record DoesNotFit(int Left) : SignInOutcome;

internal sealed record HasToWait(TimeSpan Wait) : SignInOutcome;

/// <summary>Right password, and still nobody who may come in. Said only to those who know the password.</summary>
internal sealed record IsSuspended : SignInOutcome;

/// <summary>
/// The steps from a password to a session. There is no session before the last one, so whoever still owes a step can do
/// nothing else.
/// </summary>
internal sealed class SigningIn(
    Db db, Sessions sessions, PasswordHashes hashes, SignInFailures failures, SignInCookies cookies, Site site, Audit audit, Actor actor, TimeProvider clock)
{
    private static readonly TimeSpan StepLife = TimeSpan.FromMinutes(15);

    public async Task<SignInOutcome> ByPasswordAsync(HttpContext http, string email, string password, bool kept, string returnTo, CancellationToken ct)
    {
        var key = Fold.Key(email);
        var tried = Tried.Of(key, cookies.Device(http, key), Limits.Who(http));
        var turn = await failures.TakeAsync(tried, ct);
        if (turn.Wait > TimeSpan.Zero) return new HasToWait(turn.Wait);

        var found = await FindAsync($"a.email_key = {key}", ct);
        var match = await hashes.CheckAsync(found?.PasswordHash, password, ct);
        if (match is PasswordMatch.No || found is null) return new DoesNotFit(turn.Left);
        if (!found.MayEnter) return new IsSuspended();

        await failures.ForgetAsync(tried, ct);
        if (match is PasswordMatch.YesButWeak)
        {
            var stronger = await hashes.HashAsync(password, ct);
            await db.ExecuteAsync($"UPDATE accounts SET password_hash = {stronger.Text} WHERE person_id = {found.PersonId} AND password_hash = {found.PasswordHash}", ct);
            found = found with { PasswordHash = stronger.Text };
        }
        return new GoOn(await ContinueAsync(http, found, kept, codeGiven: false, returnTo, ct));
    }

    /// <summary>Somebody whose identity is known by other means than a password: they have just chosen one.</summary>
    public async Task<string> ContinueAsync(HttpContext http, Guid person, CancellationToken ct) =>
        await ContinueAsync(http, (await FindAsync($"a.person_id = {person}", ct))!, kept: false, codeGiven: false, site.Home, ct); // their account was written a moment ago

    /// <summary>Goes to the next step, or opens the session when there is none.</summary>
    /// <returns>Where to redirect to.</returns>
    public async Task<string> ContinueAsync(HttpContext http, Candidate who, bool kept, bool codeGiven, string returnTo, CancellationToken ct)
    {
        if (!who.MayEnter) return site.Address("/sign-in");
        var step = StepOf(who, codeGiven);
        if (step is not null)
        {
            var half = new HalfSignedIn(who.PersonId, kept, returnTo, codeGiven, who.Stamp, clock.GetUtcNow() + StepLife);
            cookies.KeepHalfway(http, half, StepLife);
            return site.Address(step);
        }

        // Whoever sat here before is out, and whatever token the browser brought is worth nothing afterwards.
        await sessions.CloseAsync(http, actor, ct);
        await db.TransactAsync(async () =>
        {
            await sessions.OpenAsync(http, new(who.PersonId, kept), ct);
            await db.ExecuteAsync($"UPDATE accounts SET signed_in_at = {clock.GetUtcNow()} WHERE person_id = {who.PersonId}", ct);
            await audit.WriteAsync("signed-in", new("person", who.PersonId), new { code = codeGiven }, ct, by: who.Actor);
        }, ct);
        cookies.ForgetHalfway(http);
        cookies.Remember(http, Fold.Key(who.Email));
        return returnTo;
    }

    /// <summary>Who is on the way in and owes this very step, as far as their browser can prove it; null when it cannot, or not any more.</summary>
    public async Task<(HalfSignedIn Half, Candidate Who)?> AtAsync(string step, HttpContext http, CancellationToken ct)
    {
        if (cookies.Halfway(http) is not { } half || half.Until < clock.GetUtcNow()) return null;
        return await FindAsync($"a.person_id = {half.Person}", ct) is { MayEnter: true } who && who.Stamp == half.Stamp && StepOf(who, half.CodeGiven) == step ? (half, who) : null;
    }

    public Tried TriedBy(HttpContext http, Candidate who) => Tried.Of($"code {who.PersonId}", cookies.Device(http, Fold.Key(who.Email)), Limits.Who(http));

    // The code comes first: who only knows the password must not choose another one.
    private static string? StepOf(Candidate who, bool codeGiven) =>
        who.TotpSince is not null && !codeGiven ? Code.Path
        : who.MustChangePassword ? NewPassword.Path
        : who.NeedsTotp && who.TotpSince is null ? SetUpAuthenticator.Path
        : null;

    private Task<Candidate?> FindAsync(Sql condition, CancellationToken ct) => db.FirstAsync<Candidate>($"""
        SELECT a.person_id, a.email, p.display_name, p.state, p.trashed_at IS NOT NULL AS is_trashed, a.password_hash, a.must_change_password,
            a.totp_secret, a.totp_since, a.totp_step,
            EXISTS (SELECT 1 FROM role_assignments r JOIN role_requirements q ON q.role_id = r.role_id AND q.totp WHERE r.person_id = a.person_id) AS needs_totp
        FROM accounts a JOIN people p ON p.id = a.person_id WHERE {condition}
        """, ct);
}
