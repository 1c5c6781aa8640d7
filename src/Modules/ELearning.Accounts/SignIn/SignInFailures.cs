using System.Security.Cryptography;
using System.Text;
using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>What is counted when somebody tries: by whom they say they are, and from where.</summary>
internal sealed record Tried(string Account, string Network)
{
    /// <param name="device">A browser that this account has been signed in on. It counts for itself, so that guessers elsewhere do not keep the owner out.</param>
    public static Tried Of(string account, string? device, string network) =>
        new(Key(device is null ? "account" : $"device {device}", account), Key("network", network));

    private static string Key(string kind, string value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind} {value}")));
}

/// <param name="Wait">Until then the try does not count, and nothing was compared.</param>
/// <param name="Left">How many more may fail before a pause.</param>
internal sealed record Turn(TimeSpan Wait, int Left);

/// <summary>
/// Counts each try as a failure before anything is compared, and takes it back when it was none: a hundred guesses sent
/// at once are a hundred failures. Whether anybody has an account there plays no part.
/// </summary>
internal sealed class SignInFailures(Db db, TimeProvider clock)
{
    private sealed record Row(string Key, int Failures, DateTimeOffset FreeAt);

    public Task<Turn> TakeAsync(Tried tried, CancellationToken ct) => db.TransactAsync(async () =>
    {
        var now = clock.GetUtcNow();
        var forgotten = now - FailureRule.Remembered;
        // In the order of the keys, so that two of these never wait for each other.
        string[] keys = [.. new[] { tried.Account, tried.Network }.Order(StringComparer.Ordinal)];
        var rows = await db.ListAsync<Row>($"""
            INSERT INTO sign_in_failures (key, failures, last_at, free_at)
            VALUES ({keys[0]}, 1, {now}, {now}), ({keys[1]}, 1, {now}, {now})
            ON CONFLICT (key) DO UPDATE SET
                failures = CASE WHEN sign_in_failures.last_at < {forgotten} THEN 1 WHEN sign_in_failures.free_at > {now} THEN sign_in_failures.failures ELSE sign_in_failures.failures + 1 END,
                last_at = {now}
            RETURNING key, failures, free_at
            """, ct);

        var wait = rows.Max(row => row.FreeAt) - now;
        if (wait > TimeSpan.Zero) return new(wait, 0);

        var waits = rows.Select(row => (row.Key, Wait: RuleOf(row).WaitAfter(row.Failures))).Where(row => row.Wait > TimeSpan.Zero);
        await db.AppendAsync([.. waits.Select(row => (Sql)$"UPDATE sign_in_failures SET free_at = {now + row.Wait} WHERE key = {row.Key}")], ct);
        return new Turn(TimeSpan.Zero, rows.Min(row => RuleOf(row).Left(row.Failures)));

        FailureRule RuleOf(Row row) => row.Key == tried.Account ? FailureRule.Account : FailureRule.Network;
    }, ct);

    /// <summary>It was the owner: their failures are forgotten, and the network's count is what it was.</summary>
    public Task ForgetAsync(Tried tried, CancellationToken ct) => db.AppendAsync(
        [
            $"DELETE FROM sign_in_failures WHERE key = {tried.Account}",
            $"""
            UPDATE sign_in_failures SET failures = CASE WHEN failures > 0 THEN failures - 1 ELSE 0 END, free_at = {clock.GetUtcNow()}
            WHERE key = {tried.Network}
            """,
        ], ct);
}
