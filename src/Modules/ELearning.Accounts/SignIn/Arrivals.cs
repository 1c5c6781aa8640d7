using System.Globalization;
using ELearning.Data;
using ELearning.Mail;
using ELearning.Security;

namespace ELearning.Accounts;

/// <summary>
/// People who come by a link in a letter: to sign up, to choose a new password, to answer an invitation. Nothing is known of
/// a person who signs up before they have come by the link, so nobody can take an address that is not theirs, nor put
/// a password of their own on it.
/// </summary>
internal sealed class Arrivals(Db db, Credentials credentials, OneTimeTokens tokens, ELearning.People people, ELearning.Roles roles, Post post, TimeProvider clock)
{
    /// <summary>For a day: whoever signs up is waiting for the letter.</summary>
    public static readonly TimeSpan SignUpLife = TimeSpan.FromDays(1);

    public static readonly TimeSpan ResetLife = TimeSpan.FromHours(2);

    /// <summary>Nobody is to find their mailbox full because somebody else plays with these forms.</summary>
    private const int LettersAnHour = 5;

    private static readonly LetterKind SignUpLetter = new(typeof(Arrivals), "sign-up", hasOneTimeLink: true);
    private static readonly LetterKind KnownLetter = new(typeof(Arrivals), "known", hasOneTimeLink: true);
    private static readonly LetterKind ResetLetter = new(typeof(Arrivals), "reset", hasOneTimeLink: true);
    private static readonly LetterKind UnknownLetter = new(typeof(Arrivals), "unknown");
    private static readonly LetterKind ChangedLetter = new(typeof(Arrivals), "password-changed");

    private sealed record Addressee(Guid PersonId, string DisplayName, string? Culture, string State, bool IsTrashed);

    /// <summary>Writes to that address. What is written depends on who has it, and only whoever reads the letter learns which.</summary>
    public async Task SignUpAsync(string name, Address address, CancellationToken ct)
    {
        var (known, letters) = await FindAsync(address, ct);
        if (letters >= LettersAnHour) return;

        if (known is null) await SendAsync(TokenPurpose.SignUp, SignUpLetter, SignUpLife, null, address, name, ct);
        else await SendAsync(Purpose(known), KnownLetter, ResetLife, known, address, known.DisplayName, ct);
    }

    /// <inheritdoc cref="SignUpAsync"/>
    public async Task ForgetAsync(Address address, CancellationToken ct)
    {
        var (known, letters) = await FindAsync(address, ct);
        if (letters >= LettersAnHour) return;

        var purpose = Purpose(known);
        await SendAsync(purpose, purpose is TokenPurpose.Nothing ? UnknownLetter : ResetLetter, ResetLife, known, address, known?.DisplayName ?? "", ct);
    }

    /// <returns>The new person; null when the link is good no more, or the address got an account meanwhile.</returns>
    public Task<Guid?> JoinAsync(string token, string name, PasswordHash password, CancellationToken ct) => db.TransactAsync<Guid?>(async () =>
    {
        if (await tokens.FindAsync(TokenPurpose.SignUp, token, ct) is not { } found || !await tokens.RedeemAsync(TokenPurpose.SignUp, token, ct)) return null;
        if (await credentials.FindAsync(found.Email, ct) is not null) return null;

        var person = Guid.CreateVersion7();
        await people.AddAsync(person, name, ct, culture: CultureInfo.CurrentUICulture.Name);
        await credentials.AddAsync(new(person, found.Email, password) { IsConfirmed = true }, ct);
        await roles.AssignAsync(person, ELearning.Roles.Learner, Scope.Tenant, ct);
        return person;
    }, ct);

    /// <summary>A new password for somebody who has an account; also a first one for somebody who was invited and asked in their own way.</summary>
    /// <param name="name">As the person writes it; null leaves it as it is.</param>
    /// <returns>The person; null when the link is good no more.</returns>
    public Task<Guid?> ChooseAsync(TokenPurpose purpose, string token, string? name, PasswordHash password, CancellationToken ct) => db.TransactAsync<Guid?>(async () =>
    {
        if (await tokens.FindAsync(purpose, token, ct) is not { PersonId: { } person } found || !await tokens.RedeemAsync(purpose, token, ct)) return null;

        await credentials.SetPasswordAsync(person, password, ct);
        // They read mail to this address, and whoever answers an invitation is here from now on.
        await db.ExecuteAsync($"UPDATE accounts SET confirmed_at = {clock.GetUtcNow()} WHERE person_id = {person} AND email_key = {Fold.Key(found.Email)} AND confirmed_at IS NULL", ct);
        await db.ExecuteAsync($"UPDATE people SET state = 'active', revision = revision + 1 WHERE id = {person} AND state = 'invited'", ct);
        if (name is not null && name != found.DisplayName) await people.RenameAsync(person, name, ct);
        if (purpose is TokenPurpose.Reset) await TellAsync(person, found.Email, name ?? found.DisplayName, ct);
        return person;
    }, ct);

    /// <summary>Tells the owner that their password is another, in case it was not they who changed it.</summary>
    public async Task TellAsync(Guid person, string email, string name, CancellationToken ct)
    {
        if (Address.TryParse(email, out var address)) await post.SendAsync(new Letter(ChangedLetter, address, new { name }) { Person = person }, ct);
    }

    private async Task<(Addressee? Known, int Letters)> FindAsync(Address address, CancellationToken ct)
    {
        var key = Fold.Key(address.Text);
        var known = await db.FirstAsync<Addressee>($"""
            SELECT a.person_id, p.display_name, p.culture, p.state, p.trashed_at IS NOT NULL AS is_trashed
            FROM accounts a JOIN people p ON p.id = a.person_id WHERE a.email_key = {key}
            """, ct);
        var letters = await db.ListAsync<string>($"""
            SELECT token_hash FROM one_time_tokens WHERE email_key = {key} AND issued_at > {clock.GetUtcNow().AddHours(-1)}
            ORDER BY issued_at, token_hash LIMIT {LettersAnHour}
            """, ct);
        return (known, letters.Count);
    }

    private static TokenPurpose Purpose(Addressee? known) =>
        known is { State: "active" or "invited", IsTrashed: false } ? TokenPurpose.Reset : TokenPurpose.Nothing;

    private Task SendAsync(TokenPurpose purpose, LetterKind kind, TimeSpan life, Addressee? known, Address address, string name, CancellationToken ct) => db.TransactAsync(async () =>
    {
        var token = await tokens.IssueAsync(purpose, known?.PersonId, address.Text, name, life, ct);
        await post.SendAsync(new Letter(kind, address, new { name, token, mayReset = purpose is TokenPurpose.Reset, hours = (int)life.TotalHours })
        {
            Person = known?.PersonId,
            Culture = known?.Culture ?? CultureInfo.CurrentUICulture.Name,
        }, ct);
    }, ct);
}
