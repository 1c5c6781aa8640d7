using ELearning.Data;

namespace ELearning.Mail;

public enum LetterState
{
    Queued,
    Sent,

    /// <summary>Not to be sent, since the site has no mail server: it is what would have been sent.</summary>
    Kept,
    Failed,
}

/// <summary>A letter on its way.</summary>
internal sealed record Outgoing(Guid Id, string ToAddress, string Subject, string Text, string Html, int Attempts, DateTimeOffset CreatedAt);

/// <summary>A letter as the outbox shows it.</summary>
internal sealed record LetterLine(
    Guid Id, string Kind, string ToAddress, string Subject, LetterState State, DateTimeOffset CreatedAt, DateTimeOffset? SentAt, DateTimeOffset? NextTryAt,
    int Attempts, string? Error);

internal sealed class LetterStore(Db db)
{
    private static Sql Line => $"id, kind, to_address, subject, state, created_at, sent_at, next_try_at, attempts, error";

    public Task<List<Outgoing>> DueAsync(Guid round, DateTimeOffset now, int count, CancellationToken ct) => db.ListAsync<Outgoing>($"""
        SELECT id, to_address, subject, text, html, attempts, created_at FROM letters
        WHERE round = {round} AND state = {LetterState.Queued} AND next_try_at <= {now} ORDER BY next_try_at, id LIMIT {count}
        """, ct);

    public Task<DateTimeOffset?> NextTryAsync(Guid round, CancellationToken ct) => db.FirstAsync<DateTimeOffset?>($"""
        SELECT next_try_at FROM letters WHERE round = {round} AND state = {LetterState.Queued} ORDER BY next_try_at LIMIT 1
        """, ct);

    /// <summary>What works once works for whoever reads it here, too: the words go as soon as they are on their way.</summary>
    public Task<int> SentAsync(Guid id, DateTimeOffset now, CancellationToken ct) => db.ExecuteAsync($"""
        UPDATE letters SET state = {LetterState.Sent}, sent_at = {now}, next_try_at = NULL, error = NULL, attempts = attempts + 1,
            text = CASE WHEN has_one_time_link THEN '' ELSE text END, html = CASE WHEN has_one_time_link THEN '' ELSE html END
        WHERE id = {id} AND state = {LetterState.Queued}
        """, ct);

    /// <param name="nextTry">Null: never again by itself.</param>
    public Task<int> RefusedAsync(Guid id, string error, DateTimeOffset? nextTry, CancellationToken ct) => db.ExecuteAsync($"""
        UPDATE letters SET state = {(nextTry is null ? LetterState.Failed : LetterState.Queued)}, next_try_at = {nextTry}, error = {error}, attempts = attempts + 1
        WHERE id = {id} AND state = {LetterState.Queued}
        """, ct);

    /// <summary>The server takes none at the moment: all that are due wait until then, those at their last attempt no longer.</summary>
    public Task<int> SetBackAsync(Guid round, string error, DateTimeOffset now, DateTimeOffset nextTry, int lastAttempt, CancellationToken ct) => db.ExecuteAsync($"""
        UPDATE letters SET attempts = attempts + 1, error = {error},
            state = CASE WHEN attempts + 1 >= {lastAttempt} THEN 'Failed' ELSE 'Queued' END,
            next_try_at = CASE WHEN attempts + 1 >= {lastAttempt} THEN NULL ELSE {nextTry} END
        WHERE round = {round} AND state = {LetterState.Queued} AND next_try_at <= {now}
        """, ct);

    /// <summary>The site has no mail server any more.</summary>
    public Task<int> KeepAsync(Guid round, CancellationToken ct) => db.ExecuteAsync($"""
        UPDATE letters SET state = {LetterState.Kept}, next_try_at = NULL WHERE round = {round} AND state = {LetterState.Queued}
        """, ct);

    /// <summary>Once more from the beginning, as a round of its own.</summary>
    /// <returns>False when it is on its way already, was sent, or is not there.</returns>
    public async Task<bool> QueueAgainAsync(Guid id, DateTimeOffset now, CancellationToken ct) => await db.ExecuteAsync($"""
        UPDATE letters SET state = {LetterState.Queued}, round = id, attempts = 0, next_try_at = {now}, error = NULL
        WHERE id = {id} AND state IN ('Failed', 'Kept')
        """, ct) == 1;

    public Task<int> RemoveBeforeAsync(DateTimeOffset time, int count, CancellationToken ct) => db.ExecuteAsync($"""
        DELETE FROM letters WHERE id IN (SELECT id FROM letters WHERE created_at < {time} ORDER BY created_at, id LIMIT {count})
        """, ct);

    /// <summary>Newest first; ids carry the time at which they were made.</summary>
    /// <param name="address">The beginning of the addressee's address; all when empty.</param>
    /// <param name="before">Those older than this one.</param>
    /// <param name="after">Those newer than this one, the nearest.</param>
    public async Task<List<LetterLine>> PageAsync(string address, LetterState? state, Guid? before, Guid? after, int count, CancellationToken ct)
    {
        var conditions = new List<Sql>();
        if (state is { } wanted) conditions.Add($"state = {wanted}");
        if (address != "") conditions.Add(Sql.Prefix("to_key", Fold.Key(address)));
        if (before is not null) conditions.Add($"id < {before}");
        if (after is null) return await db.ListAsync<LetterLine>($"SELECT {Line} FROM letters WHERE {Sql.And(conditions)} ORDER BY id DESC LIMIT {count}", ct);

        conditions.Add($"id > {after}");
        var newer = await db.ListAsync<LetterLine>($"SELECT {Line} FROM letters WHERE {Sql.And(conditions)} ORDER BY id LIMIT {count}", ct);
        newer.Reverse();
        return newer;
    }

    public Task<LetterLine?> FindAsync(Guid id, CancellationToken ct) => db.FirstAsync<LetterLine>($"SELECT {Line} FROM letters WHERE id = {id}", ct);

    public Task<LetterBody?> BodyAsync(Guid id, CancellationToken ct) =>
        db.FirstAsync<LetterBody>($"SELECT text, html, has_one_time_link FROM letters WHERE id = {id}", ct);
}

internal sealed record LetterBody(string Text, string Html, bool HasOneTimeLink)
{
    /// <summary>Whoever looks after the site's mail could otherwise take over any account by asking for a new password. In the demo everybody is everybody.</summary>
    public bool IsMasked(KernelOptions host) => HasOneTimeLink && !host.Demo;
}
