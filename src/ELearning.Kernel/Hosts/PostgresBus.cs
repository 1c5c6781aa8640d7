using System.Globalization;
using ELearning.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ELearning;

/// <summary>Between hosts that share a PostgreSQL database: one connection listens, and a poll twice a second finds what it misses.</summary>
internal sealed class PostgresBus : IBus, IAsyncDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly PostgresEngine _engine;
    private readonly ILogger<PostgresBus> _logger;
    private readonly Subscriptions _subscriptions;
    private readonly PeriodicTimer _polls;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<Task> _running;

    public PostgresBus(PostgresEngine engine, ILogger<PostgresBus> logger, TimeSpan? poll = null)
    {
        _engine = engine;
        _logger = logger;
        _subscriptions = new(logger);
        _polls = new(poll ?? TimeSpan.FromMilliseconds(500));
        // Not before somebody subscribes: the host makes the database after it makes this.
        _running = new(() => Task.WhenAll(Task.Run(ListenAsync), Task.Run(PollAsync)));
    }

    public async Task NotifyAsync(Db db, Topic topic, string tenant, long version, CancellationToken ct) =>
        await db.ExecuteAsync($"SELECT pg_notify({_engine.Channel}, {string.Create(CultureInfo.InvariantCulture, $"{topic}:{tenant}:{version}")})", ct);

    public IDisposable Subscribe(Topic topic, Func<string, long, CancellationToken, Task> onMessage, Func<CancellationToken, Task>? poll = null)
    {
        _ = _running.Value;
        return _subscriptions.Add(topic, onMessage, poll);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _polls.Dispose();
        if (_running.IsValueCreated) await _running.Value;
        await _subscriptions.DisposeAsync();
    }

    private async Task ListenAsync()
    {
        var wait = ShortestWait;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await _engine.Unpooled.OpenConnectionAsync(_stop.Token);
                connection.Notification += (_, heard) => Hear(heard.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {PostgresNames.Quote(_engine.Channel)}", connection))
                    await listen.ExecuteNonQueryAsync(_stop.Token);
                // What was committed while nobody listened.
                _subscriptions.OfferPoll();
                wait = ShortestWait;
                while (true) await connection.WaitAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _logger.LogWarning(e, "The bus lost its connection and tries again in {Wait} ms; until then changes are found by polling.", wait.TotalMilliseconds);
            }

            await Task.Delay(wait, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private async Task PollAsync()
    {
        while (await _polls.WaitForNextTickAsync()) _subscriptions.OfferPoll();
    }

    // Whoever can run SQL can send anything here: what does not look like a message is none.
    private void Hear(string payload)
    {
        var first = payload.IndexOf(':');
        var last = payload.LastIndexOf(':');
        if (first < last && Enum.TryParse<Topic>(payload.AsSpan(0, first), out var topic) && long.TryParse(payload.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            _subscriptions.Offer(new(topic, payload[(first + 1)..last], version));
    }
}
