using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ELearning.Data;
using ELearning.Shells;

namespace ELearning.Security;

/// <summary>How far the chain has been found whole.</summary>
/// <param name="Through">The last sequence number that is as it was sealed.</param>
/// <param name="Unsealed">Acts that have not been sealed yet.</param>
/// <param name="Erased">Sealed acts whose values have been erased; the chain is whole without them.</param>
/// <param name="Broken">What is wrong after <paramref name="Through"/>, or null.</param>
public sealed record AuditProof(long Through, long Unsealed, long Erased, string? Broken)
{
    public bool IsWhole => Broken is null;

    /// <summary>The same as <see cref="Broken"/>, for whoever puts it in another language.</summary>
    public FormattableString? Why { get; init; }

    internal static AuditProof BrokenAfter(long through, long unsealed, long erased, FormattableString why) =>
        new(through, unsealed, erased, FormattableString.Invariant(why)) { Why = why };
}

/// <summary>Looks whether anybody has tampered with the trail.</summary>
public sealed class AuditCheck
{
    private readonly AuditChain _chain;

    internal AuditCheck(AuditChain chain) => _chain = chain;

    public Task<AuditProof> RunAsync(CancellationToken ct) => _chain.VerifyAsync(ct);
}

/// <summary>
/// Chains the acts of a tenant: each row's hash covers that of the row before. Who changes one row would have to change
/// all later ones, and the heads that the platform's database keeps.
/// </summary>
internal sealed class AuditChain(Db db, PlatformDb platform, Tenant tenant, TimeProvider clock)
{
    public static readonly Sql[] PlatformMigrations =
    [
        $"""
        CREATE TABLE audit_heads (
            tenant   UUID NOT NULL,
            sequence BIGINT NOT NULL,
            hash     TEXT NOT NULL,
            at       TIMESTAMPTZ NOT NULL,
            PRIMARY KEY (tenant, sequence))
        """,
    ];

    private const int AtOnce = 500;

    private sealed record Head(long Sequence, string Hash);

    private sealed record Act(Guid Id, DateTimeOffset At, string Name, Guid Actor, string ValuesHash);

    private sealed record Link(
        long Sequence, string Hash, DateTimeOffset At, string Act, Guid Actor, string ValuesHash,
        string? Salt, string? SubjectKind, Guid? SubjectId, string? Json);

    public static string HashOfValues(string salt, Scope subject, string json) => Hash($"{salt}\n{subject.Kind}\n{subject.Id}\n{json}");

    /// <summary>Chains what has been committed since, in the order in which it became visible.</summary>
    /// <returns>How many acts.</returns>
    public async Task<int> SealAsync(CancellationToken ct)
    {
        var total = 0;
        int now;
        do total += now = await SealSomeAsync(ct);
        while (now == AtOnce);
        return total;
    }

    /// <summary>Keeps the end of the chain where this tenant's database cannot reach it.</summary>
    public async Task KeepHeadAsync(CancellationToken ct)
    {
        if (await ReadHeadAsync(ct) is not { Sequence: > 0 } head) return;
        await platform.Open().ExecuteAsync($"""
            INSERT INTO audit_heads (tenant, sequence, hash, at) VALUES ({tenant.Id}, {head.Sequence}, {head.Hash}, {clock.GetUtcNow()})
            ON CONFLICT DO NOTHING
            """, ct);
    }

    public async Task<AuditProof> VerifyAsync(CancellationToken ct)
    {
        var head = await ReadHeadAsync(ct);
        var kept = (await platform.Open().ListAsync<Head>($"SELECT sequence, hash FROM audit_heads WHERE tenant = {tenant.Id} ORDER BY sequence", ct))
            .ToDictionary(k => k.Sequence, k => k.Hash);
        var unsealed = await db.FirstAsync<long?>($"SELECT count(*) FROM audit WHERE sequence IS NULL", ct) ?? 0;
        var (through, hash, erased) = (0L, "", 0L);
        while (true)
        {
            var links = await db.ListAsync<Link>($"""
                SELECT a.sequence, a.hash, a.at, a.act, a.actor, a.values_hash, v.salt, v.subject_kind, v.subject_id, v.json
                FROM audit a LEFT JOIN audit_values v ON v.audit_id = a.id
                WHERE a.sequence > {through} AND a.sequence <= {head.Sequence} ORDER BY a.sequence LIMIT {AtOnce}
                """, ct);
            foreach (var link in links)
            {
                if (WhatIsWrong(link, through, hash, kept) is { } broken) return AuditProof.BrokenAfter(through, unsealed, erased, broken);
                if (link.Json is null) erased++;
                (through, hash) = (link.Sequence, link.Hash);
            }
            if (links.Count < AtOnce) break;
        }

        if (through != head.Sequence) return AuditProof.BrokenAfter(through, unsealed, erased, $"The chain ends at {through}, and {head.Sequence} acts have been sealed.");
        if (hash != head.Hash) return AuditProof.BrokenAfter(through - 1, unsealed, erased, $"Act {through} is not the one that was sealed last.");
        if (kept.Count > 0 && kept.Keys.Max() is var last && last > through) return AuditProof.BrokenAfter(through, unsealed, erased, $"The platform has seen a chain of {last} acts, and this one ends at {through}.");
        return new(through, unsealed, erased, null);
    }

    private Task<int> SealSomeAsync(CancellationToken ct) => db.TransactAsync(async () =>
    {
        // Locks the head: two hosts seal one after the other.
        var head = await db.FirstAsync<Head>($"UPDATE audit_chain SET sequence = sequence WHERE id = 1 RETURNING sequence, hash", ct) ?? throw NoHead();
        var acts = await db.ListAsync<Act>($"""
            SELECT id, at, act AS name, actor, values_hash FROM audit WHERE sequence IS NULL ORDER BY at, id LIMIT {AtOnce}
            """, ct);
        if (acts.Count == 0) return 0;

        var (sequence, hash) = (head.Sequence, head.Hash);
        foreach (var act in acts)
        {
            hash = HashOfLink(hash, ++sequence, act.At, act.Name, act.Actor, act.ValuesHash);
            await db.ExecuteAsync($"UPDATE audit SET sequence = {sequence}, hash = {hash} WHERE id = {act.Id}", ct);
        }
        await db.ExecuteAsync($"UPDATE audit_chain SET sequence = {sequence}, hash = {hash} WHERE id = 1", ct);
        return acts.Count;
    }, ct);

    private static FormattableString? WhatIsWrong(Link link, long through, string hash, Dictionary<long, string> kept)
    {
        if (link.Sequence != through + 1) return $"Act {through + 1} is missing.";
        if (link.Hash != HashOfLink(hash, link.Sequence, link.At, link.Act, link.Actor, link.ValuesHash)) return $"Act {link.Sequence} has been changed.";
        if (kept.TryGetValue(link.Sequence, out var head) && head != link.Hash) return $"Act {link.Sequence} is not the one that the platform has seen: the chain has been written anew.";
        return link is { Salt: { } salt, Json: { } json } && HashOfValues(salt, new(link.SubjectKind!, link.SubjectId!.Value), json) != link.ValuesHash
            ? (FormattableString)$"The values of act {link.Sequence} have been changed." : null;
    }

    private async Task<Head> ReadHeadAsync(CancellationToken ct) =>
        await db.FirstAsync<Head>($"SELECT sequence, hash FROM audit_chain WHERE id = 1", ct) ?? throw NoHead();

    private static InvalidOperationException NoHead() => new("The head of the audit chain is missing.");

    private static string HashOfLink(string before, long sequence, DateTimeOffset at, string act, Guid actor, string valuesHash) => Hash(string.Create(
        CultureInfo.InvariantCulture, $"{before}\n{sequence}\n{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffffZ}\n{act}\n{actor}\n{valuesHash}"));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
