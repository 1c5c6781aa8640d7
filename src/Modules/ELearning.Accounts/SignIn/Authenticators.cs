using System.Security.Cryptography;
using System.Text;
using ELearning.Data;
using ELearning.Security;

namespace ELearning.Accounts;

/// <summary>The second thing that somebody proves themselves by: an app that makes codes, and codes on paper for when it is lost.</summary>
internal sealed class Authenticators(Db db, Secrets secrets, Audit audit, TimeProvider clock)
{
    public const int RecoveryCodes = 10;

    // Letters and digits that are not taken for each other.
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    private const string Purpose = "accounts.totp";

    /// <summary>A code of the app, or a recovery code. Each counts once.</summary>
    /// <param name="by">Who is signing in by it: there is no session yet.</param>
    public async Task<bool> TakeAsync(Candidate who, string code, Actor by, CancellationToken ct)
    {
        var plain = Plain(code);
        if (plain.Length == 6 && plain.All(char.IsAsciiDigit))
        {
            if (who.TotpSecret is null) return false;
            var secret = Totp.FromBase32(await secrets.OpenAsync(Purpose, who.TotpSecret, ct));
            if (Totp.Match(secret, plain, clock.GetUtcNow(), who.TotpStep) is not { } step) return false;
            // Two requests with the same code both come here; one of them is first.
            return await db.ExecuteAsync($"UPDATE accounts SET totp_step = {step} WHERE person_id = {who.PersonId} AND totp_step < {step}", ct) == 1;
        }

        return await db.TransactAsync(async () =>
        {
            if (await db.ExecuteAsync($"""
                UPDATE recovery_codes SET used_at = {clock.GetUtcNow()}
                WHERE person_id = {who.PersonId} AND code_hash = {Hash(who.PersonId, plain)} AND used_at IS NULL
                """, ct) == 0) return false;
            await audit.WriteAsync("recovery-code-used", new("person", who.PersonId), new { }, ct, by: by);
            return true;
        }, ct);
    }

    /// <summary>Turns it on, when the code shows that the app has the secret.</summary>
    /// <returns>The recovery codes, to be shown this once; null when the code does not fit.</returns>
    public async Task<string[]?> TurnOnAsync(Guid person, string secret, string code, Actor by, CancellationToken ct)
    {
        if (Totp.Match(Totp.FromBase32(secret), Plain(code), clock.GetUtcNow(), last: 0) is not { } step) return null;

        var @sealed = await secrets.SealAsync(Purpose, secret, ct);
        return await db.TransactAsync(async () =>
        {
            await db.ExecuteAsync($"UPDATE accounts SET totp_secret = {@sealed}, totp_since = {clock.GetUtcNow()}, totp_step = {step} WHERE person_id = {person}", ct);
            await audit.WriteAsync("authenticator-set-up", new("person", person), new { }, ct, by: by);
            return await RenewAsync(person, ct);
        }, ct);
    }

    public Task TurnOffAsync(Guid person, CancellationToken ct) => db.TransactAsync(async () =>
    {
        await db.ExecuteAsync($"UPDATE accounts SET totp_secret = NULL, totp_since = NULL WHERE person_id = {person}", ct);
        await db.ExecuteAsync($"DELETE FROM recovery_codes WHERE person_id = {person}", ct);
        await audit.WriteAsync("authenticator-removed", new("person", person), new { }, ct);
    }, ct);

    /// <summary>Makes the codes anew; the old ones are worth nothing.</summary>
    /// <returns>To be shown this once: hashes are kept.</returns>
    public Task<string[]> RenewAsync(Guid person, CancellationToken ct) => db.TransactAsync(async () =>
    {
        string[] codes = [.. Enumerable.Range(0, RecoveryCodes).Select(_ => RandomNumberGenerator.GetString(Alphabet, 10)).Select(code => $"{code[..5]}-{code[5..]}")];
        await db.AppendAsync(
            [
                $"DELETE FROM recovery_codes WHERE person_id = {person}",
                .. codes.Select(code => (Sql)$"INSERT INTO recovery_codes (person_id, code_hash) VALUES ({person}, {Hash(person, Plain(code))})"),
            ], ct);
        return codes;
    }, ct);

    public async Task<int> LeftAsync(Guid person, CancellationToken ct) =>
        await db.FirstAsync<int?>($"SELECT CAST(COUNT(*) AS INTEGER) FROM recovery_codes WHERE person_id = {person} AND used_at IS NULL", ct) ?? 0;

    // As people type them: with spaces, hyphens, capitals.
    private static string Plain(string code) => string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    // 31 to the power of 10 is too much to be tried out, so a plain hash is enough.
    private static string Hash(Guid person, string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{person} {code}")));
}
