using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ELearning.Data;
using ELearning.Security;
using ELearning.Shells;
using ELearning.Themes;
using Microsoft.AspNetCore.Http;

namespace ELearning;

/// <summary>A session to be opened for somebody whose identity has been established.</summary>
/// <param name="Kept">Survives the closing of the browser, because the person asked for it.</param>
public sealed record NewSession(Guid Person, bool Kept = false)
{
    public ActorKind Kind { get; init; } = ActorKind.Person;

    public Guid? ActedBy { get; init; }

    /// <summary>Whose pages may show this session's pages in a frame: origins of an LTI registration.</summary>
    public string[] Framing { get; init; } = [];
}

/// <summary>As its owner sees it, in the list of places where they are signed in.</summary>
public sealed record OpenSession(Guid Id, ActorKind Kind, string Device, DateTimeOffset OpenedAt, DateTimeOffset SeenAt, DateTimeOffset ExpiresAt);

/// <summary>
/// A session is a row, and the browser has a random token of which the row keeps only a hash: whoever reads the database
/// cannot become anybody, and whoever deletes the row ends the session at once.
/// </summary>
public sealed class Sessions(Db db, Tenant tenant, SessionSettings settings, TimeProvider clock)
{
    public const string ManagePermission = "sessions.manage";

    private static readonly TimeSpan WriteSeenEvery = TimeSpan.FromMinutes(5);

    private sealed record Row(
        Guid Id, ActorKind Kind, Guid PersonId, string DisplayName, Guid? ActedBy, string Framing, string? Picture, string? Culture, string? Zone,
        bool Kept, DateTimeOffset OpenedAt, DateTimeOffset SeenAt, long Version, string? Preview);

    // Two names, since a browser keeps cookies for a frame apart from others and may send both.
    internal string CookieName => $".el-{tenant.Key}";

    internal string FramedCookieName => $".el-{tenant.Key}-framed";

    /// <summary>Writes the row and gives the browser its cookie.</summary>
    public async Task<Guid> OpenAsync(HttpContext http, NewSession open, CancellationToken ct)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var id = Guid.CreateVersion7();
        var now = clock.GetUtcNow();
        var device = http.Request.Headers.UserAgent.ToString();
        await db.AppendAsync(
            [
                $"""
                INSERT INTO sessions (id, token_hash, person_id, kind, acted_by, framing, device, kept, opened_at, seen_at, expires_at)
                VALUES ({id}, {Hash(token)}, {open.Person}, {open.Kind}, {open.ActedBy}, {Json.Of(open.Framing.Select(Framing.Origin))},
                    {Shorten(device)}, {open.Kept}, {now}, {now}, {End(open.Kept, now, now)})
                """,
                .. Seen(open.Person, open.ActedBy, now),
            ], ct);

        var framed = open.Framing.Length > 0;
        var cookie = Cookie(http, framed);
        if (open.Kept) cookie.MaxAge = TimeSpan.FromDays(settings.LongestDays);
        Forget(http);
        http.Response.Cookies.Append(framed ? FramedCookieName : CookieName, token, cookie);
        return id;
    }

    /// <summary>Ends the session of this request.</summary>
    public async Task CloseAsync(HttpContext http, Actor actor, CancellationToken ct)
    {
        Forget(http);
        if (actor is { Session: { } session, Person: { } person }) await RevokeAsync(person, session, ct);
    }

    public Task<List<OpenSession>> OfAsync(Guid person, CancellationToken ct) => db.ListAsync<OpenSession>($"""
        SELECT id, kind, device, opened_at, seen_at, expires_at FROM sessions
        WHERE person_id = {person} AND expires_at > {clock.GetUtcNow()} ORDER BY seen_at DESC, id LIMIT 100
        """, ct);

    /// <returns>False when that person has no such session.</returns>
    public async Task<bool> RevokeAsync(Guid person, Guid session, CancellationToken ct) =>
        await db.ExecuteAsync($"DELETE FROM sessions WHERE id = {session} AND person_id = {person}", ct) > 0;

    /// <summary>Ends the person's sessions, and those in which they act for others.</summary>
    /// <param name="except">The one in which this is asked for, after a change of password, say.</param>
    /// <returns>How many were ended.</returns>
    public Task<int> RevokeAllAsync(Guid person, Guid? except, CancellationToken ct) =>
        db.ExecuteAsync($"DELETE FROM sessions WHERE (person_id = {person} OR acted_by = {person}) AND id <> {except ?? Guid.Empty}", ct);

    /// <summary>The pages of this session look so, and nobody else's, until it says null.</summary>
    public Task PreviewAsync(Actor actor, Look? look, CancellationToken ct) =>
        db.ExecuteAsync($"UPDATE sessions SET preview = {(look is null ? null : Json.Of(look with { IsPreview = true }))} WHERE id = {actor.Session}", ct);

    /// <summary>Who asks, in one statement: a session that was ended, a person who was suspended and a role that was changed count at once.</summary>
    internal async Task<(Actor Actor, string[] Framing, Look? Preview)?> ReadAsync(HttpContext http, CancellationToken ct)
    {
        var token = http.Request.Cookies[CookieName] ?? http.Request.Cookies[FramedCookieName];
        if (string.IsNullOrEmpty(token)) return null;

        var now = clock.GetUtcNow();
        var row = await db.FirstAsync<Row>($"""
            SELECT s.id, s.kind, s.person_id, p.display_name, s.acted_by, s.framing, p.picture, p.culture, p.zone, s.kept, s.opened_at, s.seen_at, v.version, s.preview
            FROM sessions s
            JOIN people p ON p.id = s.person_id AND p.state = 'active' AND p.trashed_at IS NULL
            LEFT JOIN people b ON b.id = s.acted_by
            CROSS JOIN permission_version v
            WHERE s.token_hash = {Hash(token)} AND s.expires_at > {now}
                AND (s.acted_by IS NULL OR b.state = 'active' AND b.trashed_at IS NULL)
            """, ct);
        if (row is null) return null;

        if (now - row.SeenAt > WriteSeenEvery)
            await db.AppendAsync(
            [
                $"UPDATE sessions SET seen_at = {now}, expires_at = {End(row.Kept, row.OpenedAt, now)} WHERE id = {row.Id}",
                .. Seen(row.PersonId, row.ActedBy, now),
            ], ct);

        var actor = new Actor(row.Kind, row.PersonId, row.DisplayName)
        {
            ActedBy = row.ActedBy,
            Picture = row.Picture,
            Culture = row.Culture,
            Zone = row.Zone,
            Session = row.Id,
            PermissionVersion = row.Version,
        };
        return (actor, row.Framing == "[]" ? [] : Json.To<string[]>(row.Framing), row.Preview is null ? null : Json.To<Look>(row.Preview));
    }

    internal Task<int> SweepAsync(CancellationToken ct) => db.ExecuteAsync($"DELETE FROM sessions WHERE expires_at <= {clock.GetUtcNow()}", ct);

    // Somebody who acts for a person is not that person's visit.
    private static Sql[] Seen(Guid person, Guid? actedBy, DateTimeOffset now) =>
        actedBy is null ? [$"UPDATE people SET seen_at = {now} WHERE id = {person} AND seen_at < {now}"] : [];

    private DateTimeOffset End(bool kept, DateTimeOffset opened, DateTimeOffset seen)
    {
        var idle = seen + (kept ? TimeSpan.FromDays(settings.KeptDays) : TimeSpan.FromHours(settings.IdleHours));
        var longest = opened + TimeSpan.FromDays(settings.LongestDays);
        return idle < longest ? idle : longest;
    }

    private void Forget(HttpContext http)
    {
        http.Response.Cookies.Delete(CookieName, Cookie(http, framed: false));
        http.Response.Cookies.Delete(FramedCookieName, Cookie(http, framed: true));
    }

    private static CookieOptions Cookie(HttpContext http, bool framed)
    {
        var cookie = new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/",
            SameSite = framed ? SameSiteMode.None : SameSiteMode.Lax,
            Secure = framed || http.Request.IsHttps,
        };
        // In a frame of another site a browser keeps only cookies that say they belong to that site's frames.
        if (framed) cookie.Extensions.Add("Partitioned");
        return cookie;
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static string Shorten(string device) => device.Length <= 200 ? device : device[..200];
}
