using System.Collections.Concurrent;
using ELearning.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ELearning.Hosts;

public sealed class LocalBusTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("elearning-bus-");
    private SqliteEngine Engine { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Engine = new(_folder.FullName);
        await Engine.StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        await Engine.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_is_said_in_a_transaction_is_heard_after_its_commit()
    {
        await using var bus = new LocalBus(Engine, NullLogger<LocalBus>.Instance);
        var db = new Db(Engine.Platform);
        await db.ExecuteAsync($"CREATE TABLE versions (version BIGINT NOT NULL)");
        var heard = new ConcurrentQueue<(string, long, long?)>();
        var done = new TaskCompletionSource();
        using var subscription = bus.Subscribe(Topic.Tenant, async (tenant, version, ct) =>
        {
            heard.Enqueue((tenant, version, await new Db(Engine.Platform).FirstAsync<long?>($"SELECT version FROM versions", ct)));
            if (tenant == "last") done.SetResult();
        });

        await db.TransactAsync(async () =>
        {
            await bus.NotifyAsync(db, Topic.Tenant, "math", 3, default);
            // Time enough to be heard too early.
            await Task.Delay(50);
            await db.ExecuteAsync($"INSERT INTO versions (version) VALUES (3)");
            await bus.NotifyAsync(db, Topic.Job, "math", 3, default);
            await bus.NotifyAsync(db, Topic.Tenant, "last", 3, default);
        });

        await done.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal([("math", 3, 3), ("last", 3, 3)], heard);
    }
}
