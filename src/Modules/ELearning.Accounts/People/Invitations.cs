using ELearning.Data;
using ELearning.Mail;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Somebody who has a letter with a link, or a line that was not understood.</summary>
internal sealed record Invited(string Line, string? Problem);

/// <summary>An invitation that has not been answered. Until is null when its last link was voided.</summary>
internal sealed record OpenInvitation(Guid Id, string DisplayName, string Email, DateTimeOffset? SentAt, DateTimeOffset? Until);

/// <summary>
/// Invites people by mail: each is in the list from then on, with a role, and gets a link that is good for some days. The
/// row, the account without a password, the role and the letter are one act.
/// </summary>
internal sealed class Invitations(
    Db db, ELearning.People people, Credentials credentials, OneTimeTokens tokens, ELearning.Roles roles, Post post, Audit audit, Actor actor, TimeProvider clock,
    IStringLocalizer<AccountsFeature> T)
{
    public const int Most = 200;

    private static readonly LetterKind Letter = new(typeof(AccountsFeature), "invitation", hasOneTimeLink: true);

    private sealed record Known(Guid Id, string DisplayName, string Email, string State, DateTimeOffset? TrashedAt, string? Culture);

    public async Task<Invited> InviteAsync(string line, Guid? role, int days, CancellationToken ct)
    {
        var (name, text) = Split(line);
        if (!Address.TryParse(text, out var address)) return new(line, T["This is no mail address."]);

        return await db.TransactAsync(async () =>
        {
            if (await credentials.FindAsync(address.Text, ct) is { } account)
            {
                var known = await FindAsync(account.PersonId, ct);
                if (known is not { State: "invited" }) return new Invited(line, T["Somebody here has this address already."]);
                await db.ExecuteAsync($"UPDATE people SET trashed_at = NULL, revision = revision + 1 WHERE id = {known.Id} AND trashed_at IS NOT NULL", ct);
                await SendAsync(known, days, ct);
                return new(line, null);
            }

            var person = new Known(Guid.CreateVersion7(), name ?? address.Text.Split('@')[0], address.Text, "invited", null, null);
            await people.AddAsync(person.Id, person.DisplayName, ct, state: "invited");
            await credentials.AddAsync(new(person.Id, person.Email), ct);
            if (role is { } given) await roles.AssignAsync(person.Id, given, Scope.Tenant, ct);
            await SendAsync(person, days, ct);
            return new(line, null);
        }, ct);
    }

    /// <summary>Another link; those that were sent before lead nowhere from now on.</summary>
    /// <returns>False when there is no such invitation any more.</returns>
    public Task<bool> SendAgainAsync(Guid person, int days, CancellationToken ct) => db.TransactAsync(async () =>
    {
        if (await FindAsync(person, ct) is not { State: "invited", TrashedAt: null } known) return false;
        await SendAsync(known, days, ct);
        return true;
    }, ct);

    /// <summary>The link leads nowhere any more, and the person is in the trash; another invitation fetches them out of it.</summary>
    public Task<bool> WithdrawAsync(Guid person, CancellationToken ct) => db.TransactAsync(async () =>
    {
        var now = clock.GetUtcNow();
        if (await db.ExecuteAsync($"UPDATE people SET trashed_at = {now}, revision = revision + 1 WHERE id = {person} AND state = 'invited' AND trashed_at IS NULL", ct) == 0) return false;
        await VoidAsync(person, now, ct);
        await audit.WriteAsync("invitation-withdrawn", new("person", person), new { }, ct, about: person);
        return true;
    }, ct);

    /// <summary>Latest first: an id tells when its person was invited.</summary>
    public Task<List<OpenInvitation>> PageAsync(Guid? after, int rows, CancellationToken ct) => db.ListAsync<OpenInvitation>($"""
        SELECT p.id, p.display_name, a.email,
            (SELECT max(t.issued_at) FROM one_time_tokens t WHERE t.person_id = p.id AND t.purpose = {TokenPurpose.Invite}) AS sent_at,
            (SELECT max(t.expires_at) FROM one_time_tokens t WHERE t.person_id = p.id AND t.purpose = {TokenPurpose.Invite} AND t.used_at IS NULL) AS until
        FROM people p JOIN accounts a ON a.person_id = p.id
        WHERE p.state = 'invited' AND p.trashed_at IS NULL AND {(after is { } last ? (Sql)$"p.id < {last}" : $"TRUE")}
        ORDER BY p.id DESC LIMIT {rows}
        """, ct);

    private async Task SendAsync(Known person, int days, CancellationToken ct)
    {
        await VoidAsync(person.Id, clock.GetUtcNow(), ct);
        var token = await tokens.IssueAsync(TokenPurpose.Invite, person.Id, person.Email, person.DisplayName, TimeSpan.FromDays(days), ct);
        if (Address.TryParse(person.Email, out var address))
            await post.SendAsync(new Letter(Letter, address, new { name = person.DisplayName, by = actor.Name, token, days }) { Person = person.Id, Culture = person.Culture }, ct);
        await audit.WriteAsync("person-invited", new("person", person.Id), new { days }, ct, about: person.Id);
    }

    private Task<int> VoidAsync(Guid person, DateTimeOffset now, CancellationToken ct) =>
        db.ExecuteAsync($"UPDATE one_time_tokens SET used_at = {now} WHERE person_id = {person} AND purpose = {TokenPurpose.Invite} AND used_at IS NULL", ct);

    private Task<Known?> FindAsync(Guid person, CancellationToken ct) => db.FirstAsync<Known>($"""
        SELECT p.id, p.display_name, a.email, p.state, p.trashed_at, p.culture FROM people p JOIN accounts a ON a.person_id = p.id WHERE p.id = {person}
        """, ct);

    // "ada@example.org", or "Ada Byron <ada@example.org>" as mail programs copy it.
    private static (string? Name, string Address) Split(string line)
    {
        var open = line.IndexOf('<', StringComparison.Ordinal);
        if (open < 0 || !line.EndsWith('>')) return (null, line.Trim());
        var name = line[..open].Trim().Trim('"').Trim();
        return (name is { Length: > 0 and <= 100 } ? name : null, line[(open + 1)..^1].Trim());
    }
}
