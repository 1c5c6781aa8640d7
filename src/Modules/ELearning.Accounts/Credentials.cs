using ELearning.Data;
using ELearning.Security;

namespace ELearning.Accounts;

/// <summary>By what a person signs in.</summary>
/// <param name="HasPassword">False for somebody who was invited and has not answered yet.</param>
/// <param name="ConfirmedAt">Since when it is known that mail to this address reaches this person.</param>
/// <param name="TotpSince">Since when a code from an authenticator is asked for.</param>
public sealed record Account(
    Guid PersonId, string Email, bool HasPassword, bool MustChangePassword, DateTimeOffset? ConfirmedAt, DateTimeOffset AddedAt,
    DateTimeOffset? SignedInAt, DateTimeOffset? TotpSince);

/// <summary>An account to be made for somebody whom the kernel's <c>people</c> have already.</summary>
/// <param name="Password">Null when the person will choose one, by a link that was sent to them.</param>
public sealed record NewAccount(Guid Person, string Email, PasswordHash? Password = null)
{
    /// <summary>The password was made by somebody else, and is good for one sign-in.</summary>
    public bool MustChangePassword { get; init; }

    /// <summary>They have come by a link that was sent to this address, or somebody vouches for it.</summary>
    public bool IsConfirmed { get; init; }
}

/// <summary>The accounts of a site. Hashes are made before, by <see cref="PasswordHashes"/>, since a hash in a transaction would keep all writers waiting.</summary>
public sealed class Credentials(Db db, Sessions sessions, Audit audit, TimeProvider clock)
{
    private static readonly Sql Columns =
        $"a.person_id, a.email, a.password_hash IS NOT NULL AS has_password, a.must_change_password, a.confirmed_at, a.added_at, a.signed_in_at, a.totp_since";

    public Task<Account?> FindAsync(string email, CancellationToken ct) =>
        db.FirstAsync<Account>($"SELECT {Columns} FROM accounts a WHERE a.email_key = {Fold.Key(email)}", ct);

    public Task<Account?> FindAsync(Guid person, CancellationToken ct) =>
        db.FirstAsync<Account>($"SELECT {Columns} FROM accounts a WHERE a.person_id = {person}", ct);

    /// <returns>False when the address, or the person, has an account already.</returns>
    public async Task<bool> AddAsync(NewAccount account, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.ExecuteAsync($"""
            INSERT INTO accounts (person_id, email, email_key, password_hash, must_change_password, confirmed_at, added_at)
            VALUES ({account.Person}, {account.Email.Trim()}, {Fold.Key(account.Email)}, {account.Password?.Text}, {account.MustChangePassword},
                {(account.IsConfirmed ? now : (DateTimeOffset?)null)}, {now})
            ON CONFLICT DO NOTHING
            """, ct) == 1;
    }

    /// <summary>Sets a password, ends the person's sessions and voids the links by which they could have set another.</summary>
    /// <param name="except">The session in which this is done.</param>
    /// <param name="mustChange">Somebody else chose it, and the person is to choose their own at the next sign-in.</param>
    /// <returns>False when the person has no account.</returns>
    public Task<bool> SetPasswordAsync(Guid person, PasswordHash password, CancellationToken ct, Guid? except = null, bool mustChange = false) => db.TransactAsync(async () =>
    {
        if (await db.ExecuteAsync($"UPDATE accounts SET password_hash = {password.Text}, must_change_password = {mustChange} WHERE person_id = {person}", ct) == 0) return false;

        await db.ExecuteAsync($"UPDATE one_time_tokens SET used_at = {clock.GetUtcNow()} WHERE person_id = {person} AND used_at IS NULL", ct);
        await sessions.RevokeAllAsync(person, except, ct);
        await audit.WriteAsync("password-changed", new("person", person), new { mustChange }, ct);
        return true;
    }, ct);

    /// <summary>Another address, of which it is not known yet whether its mail reaches the person unless somebody vouches for it.</summary>
    /// <returns>False when another account has that address, or the person has none.</returns>
    public Task<bool> ChangeEmailAsync(Guid person, string email, bool confirmed, CancellationToken ct) => db.TransactAsync(async () =>
    {
        if (await db.FirstAsync<Guid?>($"SELECT person_id FROM accounts WHERE email_key = {Fold.Key(email)} AND person_id <> {person}", ct) is not null) return false;

        return await db.ExecuteAsync($"""
            UPDATE accounts SET email = {email.Trim()}, email_key = {Fold.Key(email)}, confirmed_at = {(confirmed ? clock.GetUtcNow() : (DateTimeOffset?)null)}
            WHERE person_id = {person}
            """, ct) == 1;
    }, ct);
}
