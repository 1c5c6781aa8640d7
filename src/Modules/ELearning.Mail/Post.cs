using System.Globalization;
using ELearning.Data;
using ELearning.Shells;
using ELearning.Themes;

namespace ELearning.Mail;

/// <summary>
/// Writes letters. A letter is a row of the caller's transaction: when the act is undone, so is its letter. Where the site
/// has a mail server a job sends it after the commit; where it has none, it is kept for the outbox page.
/// </summary>
public sealed class Post
{
    private readonly Db _db;
    private readonly MailSettings _settings;
    private readonly SiteAddress _address;
    private readonly Tenant _tenant;
    private readonly Brand _brand;
    private readonly Jobs _jobs;
    private readonly TimeProvider _clock;

    internal Post(Db db, MailSettings settings, SiteAddress address, Tenant tenant, Brand brand, Jobs jobs, TimeProvider clock) =>
        (_db, _settings, _address, _tenant, _brand, _jobs, _clock) = (db, settings, address, tenant, brand, jobs, clock);

    public Task<Guid> SendAsync(Letter letter, CancellationToken ct) => _db.TransactAsync(async () =>
    {
        var rows = await SendAsync([letter], ct);
        return rows[0];
    }, ct);

    /// <summary>Many letters of one act: written and sent as one round.</summary>
    public Task<IReadOnlyList<Guid>> SendAsync(IReadOnlyCollection<Letter> letters, CancellationToken ct) => _db.TransactAsync(async () =>
    {
        if (letters.Count == 0) return [];
        var (home, round, now) = (await _address.FindAsync(ct), Guid.CreateVersion7(), _clock.GetUtcNow());
        var rows = letters.Select(letter => Row(letter, home, round, now)).ToList();
        await _db.InsertAsync("letters", rows, ct);
        if (_settings.IsSet) await _jobs.EnqueueAsync(SendLetters.Name, round.ToString(), ct: ct);
        return (IReadOnlyList<Guid>)[.. rows.Select(row => row.Id)];
    }, ct);

    private NewLetter Row(Letter letter, string home, Guid round, DateTimeOffset now)
    {
        var culture = CultureInfo.GetCultureInfo(letter.Culture ?? _tenant.Culture);
        var written = letter.Kind.In(culture).Write(letter.Values, _tenant.Title, home);
        return new(
            Guid.CreateVersion7(now), letter.Person, round, letter.Kind.Name, written.Culture.Name, letter.To.Text, Fold.Key(letter.To.Text), written.Subject,
            written.Text, LetterFrame.Around(written, _tenant.Title, home, _brand), letter.Kind.HasOneTimeLink,
            _settings.IsSet ? LetterState.Queued : LetterState.Kept, 0, _settings.IsSet ? now : null, now);
    }

    /// <summary>The columns of a new row.</summary>
    private sealed record NewLetter(
        Guid Id, Guid? PersonId, Guid Round, string Kind, string Culture, string ToAddress, string ToKey, string Subject, string Text, string Html,
        bool HasOneTimeLink, LetterState State, int Attempts, DateTimeOffset? NextTryAt, DateTimeOffset CreatedAt);
}
