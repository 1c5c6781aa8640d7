using Microsoft.Extensions.Logging;

namespace ELearning.Mail;

/// <summary>
/// Sends a round of letters, one after the other over one connection, and comes back for those that the server asked to
/// try later. A host that dies between the server's "taken" and our row sends that letter twice, under one Message-ID.
/// </summary>
internal sealed class SendLetters(LetterStore store, MailServer server, MailSettings settings, Jobs jobs, TimeProvider clock, ILogger<SendLetters> log) : IJob
{
    public const string Name = "send-letters";

    public const int LastAttempt = 8;

    private const int Batch = 50;

    public async Task RunAsync(JobRun run, CancellationToken ct)
    {
        var round = Guid.Parse(run.Argument);
        if (!settings.IsSet)
        {
            await store.KeepAsync(round, ct);
            return;
        }

        await using var connection = server.Open();
        while (await store.DueAsync(round, clock.GetUtcNow(), Batch, ct) is { Count: > 0 } letters)
            foreach (var letter in letters)
                if (await SendAsync(connection, letter, ct) is { } reason)
                {
                    var now = clock.GetUtcNow();
                    await store.SetBackAsync(round, reason, now, now + (RetryAfter(letter.Attempts + 1) ?? TimeSpan.Zero), LastAttempt, ct);
                    log.LogWarning("The mail server took none of the letters of round {Round}: {Reason}", round, reason);
                    break;
                }
        if (await store.NextTryAsync(round, ct) is { } next) await jobs.EnqueueAsync(Name, run.Argument, dueAt: next, ct: ct);
    }

    /// <returns>Why no other letter need be tried now; null while they may.</returns>
    private async Task<string?> SendAsync(MailConnection connection, Outgoing letter, CancellationToken ct)
    {
        if (await connection.SendAsync(letter, ct) is not { } refused)
        {
            await store.SentAsync(letter.Id, clock.GetUtcNow(), CancellationToken.None); // it is sent, whatever else is to stop
            log.LogInformation("Sent letter {Letter}", letter.Id);
            return null;
        }
        if (refused.IsServer) return refused.Reason;

        var wait = refused.IsFinal ? null : RetryAfter(letter.Attempts + 1);
        await store.RefusedAsync(letter.Id, refused.Reason, clock.GetUtcNow() + wait, ct);
        if (wait is null) log.LogWarning("Letter {Letter} could not be sent, attempt {Attempt}, the last", letter.Id, letter.Attempts + 1);
        else log.LogInformation("Letter {Letter} could not be sent, attempt {Attempt}, to be tried again", letter.Id, letter.Attempts + 1);
        return null;
    }

    /// <summary>Null after the last attempt, two days after the first: nobody waits for that letter any more.</summary>
    internal static TimeSpan? RetryAfter(int attempt) => attempt switch
    {
        1 => TimeSpan.FromMinutes(1),
        2 => TimeSpan.FromMinutes(5),
        3 => TimeSpan.FromMinutes(15),
        4 => TimeSpan.FromHours(1),
        5 => TimeSpan.FromHours(4),
        6 => TimeSpan.FromHours(16),
        7 => TimeSpan.FromHours(27),
        _ => null,
    };
}
