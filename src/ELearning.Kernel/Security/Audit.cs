using System.Security.Cryptography;
using ELearning.Data;
using ELearning.Security;
using ELearning.Shells;

namespace ELearning;

/// <summary>What is asked of the audit trail; what is null does not matter.</summary>
public sealed record AuditFilter
{
    public string? Act { get; init; }

    /// <summary>Who did it.</summary>
    public Guid? Person { get; init; }

    /// <summary>Who did it, for whom it was done, or of whom its values tell something.</summary>
    public Guid? Involved { get; init; }

    /// <summary>To what it was done.</summary>
    public Scope? Subject { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? Until { get; init; }
}

/// <summary>One act. Name, subject and values are null when the person whose they were has been erased.</summary>
/// <param name="Sequence">Its place in the chain; null until it has been sealed, seconds later.</param>
public sealed record AuditEntry(
    Guid Id, DateTimeOffset At, string Act, ActorKind? ActorKind, Guid? PersonId, string? Name, Guid? ActedBy,
    string? SubjectKind, Guid? SubjectId, string? Json, long? Sequence)
{
    public AuditPlace Place => new(At, Id);
}

/// <summary>Where a page of the trail ends, for the next one to go on from.</summary>
public readonly record struct AuditPlace(DateTimeOffset At, Guid Id);

/// <summary>
/// Writes who did what. Inside a transaction the row is part of the act: both are there, or neither. What may have to be
/// erased one day, names and values, lies beside the rows that <see cref="AuditChain"/> chains.
/// </summary>
public sealed class Audit
{
    public const string ReadPermission = "audit.read";

    private readonly Db _db;
    private readonly Actor _actor;
    private readonly Tenant _tenant;
    private readonly UnsealedActs _unsealed;
    private readonly TimeProvider _clock;

    internal Audit(Db db, Actor actor, Tenant tenant, UnsealedActs unsealed, TimeProvider clock) =>
        (_db, _actor, _tenant, _unsealed, _clock) = (db, actor, tenant, unsealed, clock);

    /// <param name="act">A stable name, past tense: "role-assigned". Also for reads that matter: "record-read".</param>
    /// <param name="values">What an auditor wants to know, as an object of plain values.</param>
    /// <param name="about">The person whom the values tell something of: they go when that person is erased.</param>
    /// <param name="by">Who did it, where that is not the actor of this request: somebody who has just signed in.</param>
    public async Task WriteAsync(string act, Scope subject, object values, CancellationToken ct, Guid? about = null, Actor? by = null)
    {
        by ??= _actor;
        var (id, at, salt, json) = (Guid.CreateVersion7(), Truncate(_clock.GetUtcNow()), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), Json.Of(values));
        var key = $"{by.Kind}/{(by.Person is { } person ? person.ToString() : by.Name)}/{by.ActedBy}";
        await _db.AppendAsync(
            [
                // A random id stands for the actor in the chain, always the same one, until the person is erased.
                $"""
                INSERT INTO audit_actors (id, actor_key, kind, person_id, acted_by, name)
                VALUES ({Guid.NewGuid()}, {key}, {by.Kind}, {by.Person}, {by.ActedBy}, {by.Name}) ON CONFLICT (actor_key) DO NOTHING
                """,
                $"""
                INSERT INTO audit (id, at, act, actor, values_hash)
                SELECT {id}, {at}, {act}, id, {AuditChain.HashOfValues(salt, subject, json)} FROM audit_actors WHERE actor_key = {key}
                """,
                $"""
                INSERT INTO audit_values (audit_id, subject_kind, subject_id, about, salt, json)
                VALUES ({id}, {subject.Kind}, {subject.Id}, {about}, {salt}, {json})
                """,
            ], ct);
        _unsealed.Wrote(_tenant.Name);
    }

    /// <summary>Newest first.</summary>
    /// <param name="after">The last entry of the page before.</param>
    public Task<List<AuditEntry>> PageAsync(AuditFilter filter, AuditPlace? after, int count, CancellationToken ct)
    {
        var rows = new List<Sql>();
        if (filter.Act is { } act) rows.Add($"a.act = {act}");
        if (filter.From is { } from) rows.Add($"a.at >= {from}");
        if (filter.Until is { } until) rows.Add($"a.at < {until}");
        if (after is { } last) rows.Add($"(a.at, a.id) < ({last.At}, {last.Id})");
        var conditions = rows.ToList();
        if (filter.Person is { } person) conditions.Add($"w.person_id = {person}");
        if (filter.Subject is { } subject) conditions.Add($"v.subject_kind = {subject.Kind} AND v.subject_id = {subject.Id}");
        // From their own indexes, since an OR over three tables would read the whole trail for somebody who is hardly in it.
        if (filter.Involved is { } involved) conditions.Add($"""
            a.id IN (
                SELECT mine.id FROM (
                    SELECT a.id FROM audit a
                    WHERE a.actor IN (SELECT id FROM audit_actors WHERE person_id = {involved} UNION SELECT id FROM audit_actors WHERE acted_by = {involved}) AND {Sql.And(rows)}
                    ORDER BY a.at DESC, a.id DESC LIMIT {count}) mine
                UNION SELECT audit_id FROM audit_values WHERE about = {involved}
                UNION SELECT audit_id FROM audit_values WHERE subject_kind = 'person' AND subject_id = {involved})
            """);
        return _db.ListAsync<AuditEntry>($"""
            SELECT a.id, a.at, a.act, w.kind AS actor_kind, w.person_id, w.name, w.acted_by, v.subject_kind, v.subject_id, v.json, a.sequence
            FROM audit a
            LEFT JOIN audit_actors w ON w.id = a.actor
            LEFT JOIN audit_values v ON v.audit_id = a.id
            WHERE {Sql.And(conditions)}
            ORDER BY a.at DESC, a.id DESC LIMIT {count}
            """, ct);
    }

    // Databases keep microseconds, and the chain must find the same time again.
    private static DateTimeOffset Truncate(DateTimeOffset time) => new(time.UtcTicks / 10 * 10, TimeSpan.Zero);
}
