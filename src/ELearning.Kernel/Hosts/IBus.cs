using ELearning.Data;

namespace ELearning;

/// <summary>How hosts of one installation tell each other that something changed. A message may be lost: who listens also polls.</summary>
internal interface IBus
{
    /// <summary>Sent when the transaction of <paramref name="db"/> commits.</summary>
    Task NotifyAsync(Db db, Topic topic, string tenant, long version, CancellationToken ct);

    /// <summary>Called for every message, this host's own too, until the result is disposed.</summary>
    IDisposable Subscribe(Topic topic, Func<string, long, CancellationToken, Task> onMessage);
}

internal enum Topic { Tenant, Wakeup, Job }
