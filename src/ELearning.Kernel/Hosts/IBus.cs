using ELearning.Data;

namespace ELearning;

/// <summary>How hosts of one installation tell each other that something changed. A message may be lost: who listens also polls.</summary>
internal interface IBus
{
    /// <summary>Sent when the transaction of <paramref name="db"/>, which is the platform's, commits.</summary>
    Task NotifyAsync(Db db, Topic topic, string tenant, long version, CancellationToken ct);

    /// <summary>
    /// Called for every message, this host's own too, until the result is disposed. A message may come twice, or from a
    /// transaction that was rolled back, or late: it is a reason to read, and not what is to be known.
    /// </summary>
    /// <param name="poll">
    /// Reads what is newer than the last seen, by one indexed read: called on subscribing, when messages may have been
    /// lost, and twice a second where they can be. Never at the same time as <paramref name="onMessage"/>.
    /// </param>
    IDisposable Subscribe(Topic topic, Func<string, long, CancellationToken, Task> onMessage, Func<CancellationToken, Task>? poll = null);
}

internal enum Topic { Tenant, Job }
