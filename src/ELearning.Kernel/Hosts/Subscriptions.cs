using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ELearning;

internal readonly record struct Message(Topic Topic, string Tenant, long Version);

/// <summary>Who listens to a bus of this process. Each has its own queue, so that a slow one delays nobody else.</summary>
internal sealed class Subscriptions(ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Subscription[] _all = [];

    public IDisposable Add(Topic topic, Func<string, long, CancellationToken, Task> onMessage, Func<CancellationToken, Task>? poll)
    {
        var subscription = new Subscription(this, topic, onMessage, poll, logger);
        lock (_gate) _all = [.. _all, subscription];
        subscription.OfferPoll();
        return subscription;
    }

    public void Offer(Message message)
    {
        foreach (var subscription in _all) subscription.Offer(message);
    }

    public void OfferPoll()
    {
        foreach (var subscription in _all) subscription.OfferPoll();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscription in _all)
        {
            subscription.Dispose();
            await subscription.Running;
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate) _all = [.. _all.Where(other => other != subscription)];
    }

    private sealed class Subscription : IDisposable
    {
        // What does not fit is found by the next poll.
        private readonly Channel<Message?> _waiting = Channel.CreateBounded<Message?>(1000);
        private readonly CancellationTokenSource _stop = new();
        private readonly Subscriptions _owner;
        private readonly Topic _topic;
        private readonly ILogger _logger;
        private int _polls;
        private bool _failing;

        public Subscription(
            Subscriptions owner, Topic topic, Func<string, long, CancellationToken, Task> onMessage, Func<CancellationToken, Task>? poll, ILogger logger)
        {
            (_owner, _topic, _logger) = (owner, topic, logger);
            Running = Task.Run(() => RunAsync(onMessage, poll ?? (_ => Task.CompletedTask)));
        }

        public Task Running { get; }

        public void Offer(Message message)
        {
            if (message.Topic == _topic) _waiting.Writer.TryWrite(message);
        }

        public void OfferPoll()
        {
            if (Interlocked.Exchange(ref _polls, 1) == 0 && !_waiting.Writer.TryWrite(null)) Volatile.Write(ref _polls, 0);
        }

        public void Dispose()
        {
            _owner.Remove(this);
            _stop.Cancel();
        }

        private async Task RunAsync(Func<string, long, CancellationToken, Task> onMessage, Func<CancellationToken, Task> poll)
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    var next = await _waiting.Reader.ReadAsync(_stop.Token);
                    if (next is null) Volatile.Write(ref _polls, 0);
                    await (next is { } message ? onMessage(message.Tenant, message.Version, _stop.Token) : poll(_stop.Token));
                    _failing = false;
                }
                catch (OperationCanceledException) when (_stop.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception e)
                {
                    // Twice a second while the database is away: said once.
                    if (!_failing) _logger.LogWarning(e, "A subscriber to {Topic} failed; it is asked again at the next poll.", _topic);
                    _failing = true;
                }
            }
        }
    }
}
