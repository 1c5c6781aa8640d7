using System.Threading.Channels;
using ELearning.Data;
using Microsoft.Extensions.Logging;

namespace ELearning;

/// <summary>On SQLite there is one host: what is said is heard in the same process, and cannot be lost.</summary>
internal sealed class LocalBus : IBus, IAsyncDisposable
{
    private readonly Channel<Message> _said = Channel.CreateUnbounded<Message>();
    private readonly Engine _engine;
    private readonly ILogger<LocalBus> _logger;
    private readonly Subscriptions _subscriptions;
    private readonly Task _delivering;

    public LocalBus(Engine engine, ILogger<LocalBus> logger)
    {
        _engine = engine;
        _logger = logger;
        _subscriptions = new(logger);
        _delivering = Task.Run(DeliverAsync);
    }

    public Task NotifyAsync(Db db, Topic topic, string tenant, long version, CancellationToken ct)
    {
        _said.Writer.TryWrite(new(topic, tenant, version));
        return Task.CompletedTask;
    }

    public IDisposable Subscribe(Topic topic, Func<string, long, CancellationToken, Task> onMessage, Func<CancellationToken, Task>? poll = null) =>
        _subscriptions.Add(topic, onMessage, poll);

    public async ValueTask DisposeAsync()
    {
        _said.Writer.Complete();
        await _delivering;
        await _subscriptions.DisposeAsync();
    }

    private async Task DeliverAsync()
    {
        await foreach (var message in _said.Reader.ReadAllAsync())
        {
            try
            {
                // A file has one writer: when it is our turn, the transaction in which this was said has ended.
                await new Db(_engine.Platform).TransactAsync(() => Task.CompletedTask);
            }
            catch (Exception e)
            {
                _logger.LogWarning(e, "The platform's database was not to be had; a message may come before its commit.");
            }
            _subscriptions.Offer(message);
        }
    }
}
