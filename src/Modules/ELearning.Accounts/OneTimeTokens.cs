using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ELearning.Data;

namespace ELearning.Accounts;

public enum TokenPurpose
{
    /// <summary>An address that somebody wants to sign up with; there is no person yet.</summary>
    SignUp,

    /// <summary>A new password for somebody who has forgotten theirs.</summary>
    Reset,

    /// <summary>A first password for somebody whom an administrator has invited.</summary>
    Invite,

    /// <summary>Good for nothing: asked for with an address that nobody signs in with. Its row counts against a flood of mail.</summary>
    Nothing,
}

/// <summary>What is known of whoever comes by a link that was sent by mail.</summary>
/// <param name="PersonId">Null at a sign-up.</param>
public sealed record OneTimeToken(TokenPurpose Purpose, Guid? PersonId, string Email, string DisplayName, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt)
{
    public bool IsGood(DateTimeOffset now) => UsedAt is null && ExpiresAt > now;
}

/// <summary>
/// Secrets of links in letters. The database keeps hashes only, so that whoever reads it, or a backup of it, can follow
/// none of them.
/// </summary>
public sealed class OneTimeTokens(Db db, TimeProvider clock)
{
    /// <returns>What the link carries. It is not kept and cannot be had again.</returns>
    public async Task<string> IssueAsync(TokenPurpose purpose, Guid? person, string email, string name, TimeSpan life, CancellationToken ct)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        await db.ExecuteAsync($"""
            INSERT INTO one_time_tokens (token_hash, purpose, person_id, email, email_key, display_name, issued_at, expires_at)
            VALUES ({Hash(token)}, {purpose}, {person}, {email.Trim()}, {Fold.Key(email)}, {name}, {now}, {now + life})
            """, ct);
        return token;
    }

    /// <summary>Many at once, of people who have none of this purpose yet.</summary>
    /// <returns>In the order of the people.</returns>
    public async Task<IReadOnlyList<string>> IssueAsync(TokenPurpose purpose, IReadOnlyList<(Guid Person, string Email, string Name)> people, TimeSpan life, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var issued = people.Select(_ => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))).ToList();
        await db.InsertAsync("one_time_tokens", people.Zip(issued, (to, token) =>
            new Row(Hash(token), purpose, to.Person, to.Email.Trim(), Fold.Key(to.Email), to.Name, now, now + life)), ct);
        return issued;
    }

    /// <summary>Looks without using it up: programs that check mail for viruses open links too. Used and expired ones are found as well, to say so.</summary>
    public Task<OneTimeToken?> FindAsync(TokenPurpose purpose, string token, CancellationToken ct) => db.FirstAsync<OneTimeToken>($"""
        SELECT purpose, person_id, email, display_name, expires_at, used_at FROM one_time_tokens
        WHERE token_hash = {Hash(token)} AND purpose = {purpose}
        """, ct);

    /// <summary>To be called in the transaction of what it is good for.</summary>
    /// <returns>False when it was used, has expired or never was.</returns>
    public async Task<bool> RedeemAsync(TokenPurpose purpose, string token, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.ExecuteAsync($"""
            UPDATE one_time_tokens SET used_at = {now}
            WHERE token_hash = {Hash(token)} AND purpose = {purpose} AND used_at IS NULL AND expires_at > {now}
            """, ct) == 1;
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private sealed record Row(string TokenHash, TokenPurpose Purpose, Guid PersonId, string Email, string EmailKey, string DisplayName, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);
}
