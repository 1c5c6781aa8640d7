using ELearning.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ELearning.Hosts;

public sealed class PostgresBusTests : PostgresTest
{
    private readonly List<IAsyncDisposable> _open = [];

    protected override async Task PrepareAsync() =>
        await new Db(Engine.Platform).ExecuteAsync($"CREATE TABLE versions (tenant TEXT PRIMARY KEY, version BIGINT NOT NULL)");

    protected override async Task CleanUpAsync()
    {
        foreach (var open in Enumerable.Reverse(_open)) await open.DisposeAsync();
    }

    [Fact]
    public async Task Every_host_hears_of_a_commit_and_of_nothing_else()
    {
        var here = Listen(TimeSpan.FromHours(1));
        var there = Listen(TimeSpan.FromHours(1));
        await ListeningAsync(2);
        var db = new Db(Engine.Platform);
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => db.TransactAsync(async () =>
        {
            await here.Bus.NotifyAsync(db, Topic.Tenant, "undone", 1, default);
            throw new TimeZoneNotFoundException();
        }));
        await db.TransactAsync(async () =>
        {
            await here.Bus.NotifyAsync(db, Topic.Tenant, "math:and:arts", 2, default);
            Assert.Empty(there.Heard);
        });

        foreach (var host in new[] { here, there })
        {
            await UntilAsync(() => host.Heard.Count > 0);
            Assert.Equal([new Message(Topic.Tenant, "math:and:arts", 2)], host.Heard);
        }
    }

    [Fact]
    public async Task What_is_no_message_is_not_heard()
    {
        var host = Listen(TimeSpan.FromHours(1));
        await ListeningAsync(1);
        var db = new Db(Engine.Platform);
        foreach (var payload in new[] { "", ":", "Tenant:math", "Tenant:math:", "Tenant:math:x", "Tenant:math:-1", "Tenant:math:99999999999999999999", "Nothing:math:1" })
            await db.ExecuteAsync($"SELECT pg_notify({Engine.Channel}, {payload})");
        await host.Bus.NotifyAsync(db, Topic.Tenant, "math", 1, default);

        await UntilAsync(() => host.Heard.Count > 0);
        Assert.Equal([new Message(Topic.Tenant, "math", 1)], host.Heard);
    }

    [Fact]
    public async Task A_change_whose_message_was_lost_is_found_within_a_second()
    {
        var host = Listen(TimeSpan.FromMilliseconds(500));
        await ListeningAsync(1);
        await ChangeAsync("math", 7);

        await UntilAsync(() => host.Seen("math") == 7, TimeSpan.FromSeconds(1));
        Assert.Empty(host.Heard);
    }

    [Fact]
    public async Task A_listener_that_is_killed_catches_up_and_listens_again()
    {
        // No polls but those of the listener itself.
        var host = Listen(TimeSpan.FromHours(1));
        await ListeningAsync(1);
        var db = new Db(Engine.Platform);
        await db.TransactAsync(async () =>
        {
            Assert.Equal(1, await db.FirstAsync<long?>($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"));
            await db.ExecuteAsync($"INSERT INTO versions (tenant, version) VALUES ('math', 8)");
        });
        await UntilAsync(() => host.Seen("math") == 8, TimeSpan.FromSeconds(1));

        await ListeningAsync(1);
        await host.Bus.NotifyAsync(db, Topic.Tenant, "arts", 9, default);
        await UntilAsync(() => host.Heard.Contains(new(Topic.Tenant, "arts", 9)));
    }

    [Fact]
    public async Task A_subscriber_that_fails_is_asked_again_and_disturbs_no_other()
    {
        var host = Listen(TimeSpan.FromMilliseconds(50));
        var asked = 0;
        using var failing = host.Bus.Subscribe(Topic.Tenant, (_, _, _) => throw new TimeZoneNotFoundException(), _ => Interlocked.Increment(ref asked) > 0 ? throw new TimeZoneNotFoundException() : Task.CompletedTask);
        await ListeningAsync(1);
        await host.Bus.NotifyAsync(new Db(Engine.Platform), Topic.Tenant, "math", 1, default);

        await UntilAsync(() => Volatile.Read(ref asked) > 3 && host.Heard.Count == 1);
    }

    private Task<int> ChangeAsync(string tenant, long version) =>
        new Db(Engine.Platform).ExecuteAsync($"INSERT INTO versions (tenant, version) VALUES ({tenant}, {version})");

    private Host Listen(TimeSpan poll)
    {
        var host = new Host(new PostgresBus(Engine, NullLogger<PostgresBus>.Instance, poll), new Db(Engine.Platform));
        _open.Add(host.Bus);
        return host;
    }

    private Task ListeningAsync(int hosts) => UntilAsync(async () =>
        await AdminAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND state = 'idle' AND datname = current_database()") == hosts);

    private sealed class Host
    {
        private readonly Db _db;
        private readonly Lock _gate = new();
        private readonly List<Message> _heard = [];
        private Dictionary<string, long> _seen = [];

        public Host(PostgresBus bus, Db db)
        {
            (Bus, _db) = (bus, db);
            bus.Subscribe(Topic.Tenant, Hear, PollAsync);
        }

        public PostgresBus Bus { get; }

        public List<Message> Heard { get { lock (_gate) return [.. _heard]; } }

        public long Seen(string tenant) => Volatile.Read(ref _seen).GetValueOrDefault(tenant);

        private Task Hear(string tenant, long version, CancellationToken ct)
        {
            lock (_gate) _heard.Add(new(Topic.Tenant, tenant, version));
            return Task.CompletedTask;
        }

        private async Task PollAsync(CancellationToken ct) =>
            Volatile.Write(ref _seen, (await _db.ListAsync<TenantVersion>($"SELECT tenant, version FROM versions", ct)).ToDictionary(row => row.Tenant, row => row.Version));

        private sealed record TenantVersion(string Tenant, long Version);
    }
}
