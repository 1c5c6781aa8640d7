using System.Text.Json;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning;

/// <summary>
/// Hands facts to their handlers. Whoever locks the first fact of a (handler, subject) owns what follows it, and a
/// transaction holds handlers and acknowledgements, so the order is kept and effects in the tenant's database happen once.
/// </summary>
internal sealed class Delivery(
    Db db, FactRoutes routes, OutboxLock locks, TimeProvider time, IServiceProvider services, ILogger<Delivery> log)
{
    /// <summary>Facts a transaction: one fsync for all of them, and the writer is not kept from others for long.</summary>
    public const int Batch = 64;

    // A handler holds a transaction, which on SQLite is the tenant's only one that writes.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan[] Delays =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10)];

    /// <summary>Of all waiting, parked or held facts of its handler and subject this one comes first.</summary>
    public static Sql IsFirst => $"""
        NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.handler = outbox.handler
            AND earlier.subject_kind = outbox.subject_kind AND earlier.subject_id = outbox.subject_id AND earlier.number < outbox.number)
        """;

    /// <returns>Whether there may be more, and how many were undone because one of them failed: try those one by one.</returns>
    public async Task<(bool More, int Undone)> DeliverAsync(int limit, CancellationToken ct)
    {
        List<Claimed> claimed = [];
        var held = false;
        try
        {
            await db.TransactAsync(async () =>
            {
                claimed = await ClaimAsync(limit, ct);
                Faults.At("deliver.claimed");
                if (claimed.Count == 0 || (held = await HoldAsync(claimed, ct))) return;
                foreach (var fact in claimed) await HandleAsync(fact, ct);
                Faults.At("deliver.handled");
                await db.ExecuteAsync($"DELETE FROM outbox WHERE id IN {claimed.Select(fact => fact.Id)}", ct);
                Faults.At("deliver.acknowledged");
            }, ct);
            if (claimed.Count > 0) Faults.At("deliver.committed");
            if (!held) Meters.Outbox(services.GetRequiredService<Tenant>().Name, claimed.Count, 0);
            return (held || claimed.Count == limit, 0);
        }
        catch (Exception e) when (claimed.Count > 0 && !ct.IsCancellationRequested)
        {
            if (claimed is not [var failed]) return (true, claimed.Count);
            await SetBackAsync(failed, e, ct);
            Meters.Outbox(services.GetRequiredService<Tenant>().Name, 0, 1);
            return (true, 0);
        }
    }

    private async Task<List<Claimed>> ClaimAsync(int limit, CancellationToken ct)
    {
        var first = await db.ListAsync<Claimed>($"""
            SELECT id, handler, subject_kind, subject_id, number, json, attempts FROM outbox
            WHERE state = 'Waiting' AND due_at <= {time.GetUtcNow()} AND {IsFirst}
            ORDER BY due_at, id LIMIT {limit} {locks.SkipLocked}
            """, ct);
        if (first.Count == 0 || first.Count == limit) return first;

        var owned = first.Select(fact => fact.Subject).ToHashSet();
        var behind = await db.ListAsync<Claimed>($"""
            SELECT id, handler, subject_kind, subject_id, number, json, attempts FROM outbox
            WHERE handler IN {first.Select(fact => fact.Handler).Distinct()} AND subject_kind IN {first.Select(fact => fact.SubjectKind).Distinct()}
              AND subject_id IN {first.Select(fact => fact.SubjectId).Distinct()} AND state = 'Waiting' AND id NOT IN {first.Select(fact => fact.Id)}
            ORDER BY handler, subject_kind, subject_id, number LIMIT {limit - first.Count}
            """, ct);
        return [.. first, .. behind.Where(fact => owned.Contains(fact.Subject))];
    }

    // Published before the feature was disabled, or by a host that did not know of it yet.
    private async Task<bool> HoldAsync(List<Claimed> claimed, CancellationToken ct)
    {
        var off = claimed.Select(fact => fact.Handler).Where(handler => !routes.Handlers.ContainsKey(handler)).Distinct().ToList();
        if (off.Count == 0) return false;

        await db.ExecuteAsync($"UPDATE outbox SET state = 'Held', due_at = {time.GetUtcNow() + HeldFacts.Kept} WHERE state = 'Waiting' AND handler IN {off}", ct);
        return true;
    }

    private async Task HandleAsync(Claimed fact, CancellationToken ct)
    {
        var handler = routes.Handlers[fact.Handler];
        var value = JsonSerializer.Deserialize(fact.Json, handler.Fact, Json.Options)
            ?? throw new JsonException($"null is no {handler.Fact.Name}.");
        using var limit = new CancellationTokenSource(Longest, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            await handler.Invoke(services, value, both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{fact.Handler} took longer than {Longest.TotalSeconds} seconds. Long work belongs into a job.");
        }
    }

    private async Task SetBackAsync(Claimed fact, Exception e, CancellationToken ct)
    {
        var parked = fact.Attempts >= Delays.Length;
        await db.ExecuteAsync($"""
            UPDATE outbox SET attempts = {fact.Attempts + 1}, error = {FailureLine.Of(e)}, state = {(parked ? "Parked" : "Waiting")},
                due_at = {time.GetUtcNow() + Delays[Math.Min(fact.Attempts, Delays.Length - 1)]}
            WHERE id = {fact.Id} AND state = 'Waiting' AND attempts = {fact.Attempts}
            """, ct);
        log.Log(parked ? LogLevel.Warning : LogLevel.Information, e,
            "Fact {Fact} failed in {Handler}, attempt {Attempt}, parked: {Parked}", fact.Id, fact.Handler, fact.Attempts + 1, parked);
    }

    private sealed record Claimed(Guid Id, string Handler, string SubjectKind, Guid SubjectId, long Number, string Json, int Attempts)
    {
        public (string, string, Guid) Subject => (Handler, SubjectKind, SubjectId);
    }
}
