using System.Collections.Concurrent;
using ELearning.Data;

namespace ELearning;

internal sealed class LocalBus : IBus
{
    private readonly ConcurrentDictionary<object, (Topic, Func<string, long, CancellationToken, Task>)> _subs = new();
    public Task NotifyAsync(Db db, Topic topic, string tenant, long version, CancellationToken ct) => Task.CompletedTask;
    public IDisposable Subscribe(Topic topic, Func<string, long, CancellationToken, Task> onMessage) { _subs[new()] = (topic, onMessage); return new MemoryStream(); }
}
