using System.Globalization;
using ELearning.Shells;
using ELearning.Themes;

namespace ELearning.Mail.Setup;

/// <param name="Refused">In words of the server or of the connection to it; null when the letter was taken, or kept.</param>
internal sealed record TrialResult(string To, bool IsKept, string? Refused);

/// <summary>Sends a letter while somebody waits for the answer, instead of by the queue: they want to know now.</summary>
internal sealed class TrialLetter(MailServer server, MailSettings settings, Post post, SiteAddress address, Tenant tenant, Brand brand, Actor actor, Audit audit, TimeProvider clock)
{
    private static readonly LetterKind Kind = new(typeof(MailFeature), "trial");

    public async Task<TrialResult> SendAsync(Address to, CancellationToken ct)
    {
        await audit.WriteAsync("test-letter-sent", new("tenant", tenant.Id), new { }, ct);
        var letter = new Letter(Kind, to, new { name = actor.Name }) { Culture = CultureInfo.CurrentUICulture.Name };
        if (!settings.IsSet)
        {
            await post.SendAsync(letter, ct);
            return new(to.Text, IsKept: true, null);
        }

        var home = await address.FindAsync(ct);
        var written = Kind.In(CultureInfo.CurrentUICulture).Write(letter.Values, tenant.Title, home);
        await using var connection = server.Open();
        var refused = await connection.SendAsync(
            new(Guid.CreateVersion7(), to.Text, written.Subject, written.Text, LetterFrame.Around(written, tenant.Title, home, brand), 0, clock.GetUtcNow()), ct);
        return new(to.Text, IsKept: false, refused?.Reason);
    }
}
