using ELearning.Data;

namespace ELearning.Blobs;

/// <summary>What a blob belongs to: a kind such as <c>media</c> and its id. The owner's module decides who may read it.</summary>
public readonly record struct BlobOwner(string Kind, Guid Id);

/// <summary>A file as one owner has it.</summary>
public sealed record Blob(string Hash, long Size, string Name, string Type);

public sealed record BlobUsage(long Bytes, long Blobs);

/// <summary>Why a file was not kept.</summary>
public abstract record BlobRefused
{
    /// <summary>For the person who wanted to store it.</summary>
    public abstract string Text { get; }
}

public sealed record BlobTooLarge(long Limit) : BlobRefused
{
    public override string Text => $"The file is larger than {Bytes.Text(Limit)}, which is the most that one file may have. Make it smaller, or split it.";
}

public sealed record StorageFull(long Used, long Size, long Limit) : BlobRefused
{
    public override string Text =>
        $"There is no room for {Bytes.Text(Size)} more: {Bytes.Text(Used)} of {Bytes.Text(Limit)} are used. Remove files that are no longer needed, or ask for a larger plan.";
}

/// <summary>
/// A tenant's blobs: who refers to which, and how much that takes. Every change holds the one row of <c>blob_usage</c>
/// until its transaction ends, and files come and go only while it is held: so no sweep meets a new reference half-way.
/// </summary>
public sealed class BlobStore
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);
    private const int SweepBatch = 100;

    private readonly Db _db;
    private readonly BlobFolder _folder;
    private readonly string _tenant;
    private readonly TimeProvider _clock;

    internal BlobStore(Db db, BlobFolder folder, string tenant, TimeProvider clock) =>
        (_db, _folder, _tenant, _clock) = (db, folder, tenant, clock);

    /// <summary>Reads the stream to its end, outside any transaction, for <see cref="KeepAsync"/>. Null when it is longer than the limit.</summary>
    public Task<ReceivedBlob?> ReceiveAsync(Stream source, long limit, CancellationToken ct) =>
        _folder.ReceiveAsync(_tenant, source, limit, ct);

    /// <summary>Gives the received bytes to an owner, in the caller's transaction if there is one. Null when that is done.</summary>
    /// <param name="quota">How many bytes the tenant may keep. Bytes that it has already count once.</param>
    public Task<BlobRefused?> KeepAsync(ReceivedBlob received, BlobOwner owner, string name, string type, long quota, CancellationToken ct) =>
        _db.TransactAsync(async () =>
        {
            var refused = await ReferAsync(new(received.Hash, received.Size, name, type), owner, quota, ct);
            if (refused is null) _folder.Keep(_tenant, received);
            return refused;
        }, ct);

    /// <summary>Another owner gets all that one has, as when a course is copied. Null when that is done.</summary>
    public Task<BlobRefused?> CopyAsync(BlobOwner from, BlobOwner to, CancellationToken ct) => _db.TransactAsync(async () =>
    {
        // These bytes are counted already, so no quota can refuse them.
        foreach (var blob in await ListAsync(from, ct))
            if (await ReferAsync(blob, to, long.MaxValue, ct) is { } refused) return refused;
        return null;
    }, ct);

    /// <summary>The owner has it no more. Unused bytes stay for a week, so that a database restored from a backup finds them.</summary>
    public Task ReleaseAsync(BlobOwner owner, string hash, CancellationToken ct) => _db.TransactAsync(async () =>
    {
        await HoldAsync(ct);
        var gone = await _db.ExecuteAsync(
            $"DELETE FROM blob_references WHERE owner_kind = {owner.Kind} AND owner_id = {owner.Id} AND hash = {hash}", ct);
        if (gone == 0) return;

        var left = await _db.FirstAsync<Left>(
            $"UPDATE blobs SET uses = uses - 1, last_referenced_at = {_clock.GetUtcNow()} WHERE hash = {hash} RETURNING uses, size", ct);
        if (left is { Uses: 0 })
            await _db.ExecuteAsync($"UPDATE blob_usage SET bytes = bytes - {left.Size}, blobs = blobs - 1 WHERE id = 1", ct);
    }, ct);

    public Task ReleaseAllAsync(BlobOwner owner, CancellationToken ct) => _db.TransactAsync(async () =>
    {
        foreach (var blob in await ListAsync(owner, ct)) await ReleaseAsync(owner, blob.Hash, ct);
    }, ct);

    public Task<Blob?> FindAsync(BlobOwner owner, string hash, CancellationToken ct) => _db.FirstAsync<Blob>(
        $"""
        SELECT r.hash, b.size, r.name, r.type FROM blob_references r JOIN blobs b ON b.hash = r.hash
        WHERE r.owner_kind = {owner.Kind} AND r.owner_id = {owner.Id} AND r.hash = {hash}
        """, ct);

    public Task<List<Blob>> ListAsync(BlobOwner owner, CancellationToken ct) => _db.ListAsync<Blob>(
        $"""
        SELECT r.hash, b.size, r.name, r.type FROM blob_references r JOIN blobs b ON b.hash = r.hash
        WHERE r.owner_kind = {owner.Kind} AND r.owner_id = {owner.Id} ORDER BY r.name, r.hash LIMIT 1000
        """, ct);

    public Stream Open(Blob blob) => new FileStream(_folder.PathOf(_tenant, blob.Hash), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, useAsync: true);

    /// <summary>The answer to a GET of this file.</summary>
    /// <param name="download">Offer to save it even when the browser could show it.</param>
    /// <param name="forever">Everybody may read it, and its address names its content.</param>
    public BlobResult Serve(Blob blob, bool download = false, bool forever = false) => new(_folder.PathOf(_tenant, blob.Hash), blob, download, forever);

    public async Task<BlobUsage> UsageAsync(CancellationToken ct) =>
        await _db.FirstAsync<BlobUsage>($"SELECT bytes, blobs FROM blob_usage WHERE id = 1", ct) ?? new(0, 0);

    /// <summary>Removes what nobody has referred to for a week, and files whose rows were never committed.</summary>
    /// <returns>How many blobs are gone.</returns>
    public async Task<int> SweepAsync(CancellationToken ct)
    {
        var before = _clock.GetUtcNow() - Kept;
        int swept = 0, last;
        do
        {
            last = await SweepUnusedAsync(before, ct);
            swept += last;
        }
        while (last == SweepBatch);

        foreach (var hashes in _folder.OlderThan(_tenant, before).Chunk(SweepBatch)) swept += await SweepStraysAsync(hashes, ct);
        return swept;
    }

    // Files go before their rows are committed: killed in between, a row without uses and file remains for the next sweep,
    // and whoever stores these bytes meanwhile brings the file along.
    private Task<int> SweepUnusedAsync(DateTimeOffset before, CancellationToken ct) => _db.TransactAsync(async () =>
    {
        await HoldAsync(ct);
        var hashes = await _db.ListAsync<string>(
            $"SELECT hash FROM blobs WHERE uses = 0 AND last_referenced_at < {before} ORDER BY last_referenced_at, hash LIMIT {SweepBatch}", ct);
        if (hashes.Count == 0) return 0;
        foreach (var hash in hashes) _folder.Delete(_tenant, hash);
        return await _db.ExecuteAsync($"DELETE FROM blobs WHERE hash IN {hashes}", ct);
    }, ct);

    private async Task<int> SweepStraysAsync(string[] hashes, CancellationToken ct)
    {
        // Nearly always all have rows, and then nobody has to wait for this.
        if (await UnknownAsync() is []) return 0;
        return await _db.TransactAsync(async () =>
        {
            await HoldAsync(ct);
            var strays = await UnknownAsync();
            foreach (var hash in strays) _folder.Delete(_tenant, hash);
            return strays.Length;
        }, ct);

        async Task<string[]> UnknownAsync() =>
            [.. hashes.Except(await _db.ListAsync<string>($"SELECT hash FROM blobs WHERE hash IN {hashes}", ct))];
    }

    private async Task<BlobRefused?> ReferAsync(Blob blob, BlobOwner owner, long quota, CancellationToken ct)
    {
        var used = await HoldAsync(ct);
        var uses = await _db.FirstAsync<long?>($"SELECT uses FROM blobs WHERE hash = {blob.Hash}", ct) ?? 0;
        if (uses == 0 && used.Bytes + blob.Size > quota) return new StorageFull(used.Bytes, blob.Size, quota);

        var now = _clock.GetUtcNow();
        await _db.ExecuteAsync(
            $"""
            INSERT INTO blobs (hash, size, uses, last_referenced_at) VALUES ({blob.Hash}, {blob.Size}, 0, {now})
            ON CONFLICT (hash) DO UPDATE SET last_referenced_at = excluded.last_referenced_at
            """, ct);
        var added = await _db.ExecuteAsync(
            $"""
            INSERT INTO blob_references (owner_kind, owner_id, hash, name, type)
            VALUES ({owner.Kind}, {owner.Id}, {blob.Hash}, {blob.Name}, {blob.Type})
            ON CONFLICT (owner_kind, owner_id, hash) DO NOTHING
            """, ct);
        if (added == 0) return null;

        await _db.ExecuteAsync($"UPDATE blobs SET uses = uses + 1 WHERE hash = {blob.Hash}", ct);
        if (uses == 0)
            await _db.ExecuteAsync($"UPDATE blob_usage SET bytes = bytes + {blob.Size}, blobs = blobs + 1 WHERE id = 1", ct);
        return null;
    }

    // The update locks the row until the transaction ends, and makes it when the tenant has none yet.
    private async Task<BlobUsage> HoldAsync(CancellationToken ct) => (await _db.FirstAsync<BlobUsage>(
        $"""
        INSERT INTO blob_usage (id, bytes, blobs) VALUES (1, 0, 0)
        ON CONFLICT (id) DO UPDATE SET bytes = blob_usage.bytes RETURNING bytes, blobs
        """, ct))!;

    private sealed record Left(long Uses, long Size);
}
