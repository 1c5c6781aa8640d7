using Npgsql;
using Xunit;

namespace ELearning.Data;

public sealed class PostgresEngineTests : PostgresTest
{
    [Fact]
    public async Task A_tenant_is_made_migrated_written_and_dropped()
    {
        await Engine.CreateAsync("math", default);
        await Engine.CreateAsync("math", default);
        await new Db(Engine.OpenAsOwner("math")).ExecuteAsync($"CREATE TABLE notes (id UUID PRIMARY KEY, text TEXT NOT NULL)");
        var db = new Db(Engine.Open("math"));
        var id = Guid.CreateVersion7();

        Assert.Equal(1, await db.ExecuteAsync($"INSERT INTO notes (id, text) VALUES ({id}, {"one"})"));
        Assert.Equal(["one"], await db.ListAsync<string>($"SELECT text FROM notes WHERE id = {id}"));
        Assert.Equal("two", await db.FirstAsync<string>($"UPDATE notes SET text = {"two"} WHERE id = {id} RETURNING text"));
        await db.TransactAsync(async () =>
        {
            await db.ExecuteAsync($"UPDATE notes SET text = {"three"} WHERE id = {id}");
            Assert.Equal("three", await db.FirstAsync<string>($"SELECT text FROM notes WHERE id = {id}"));
        });
        var changed = await db.AppendAsync([$"UPDATE notes SET text = {"four"}", $"DELETE FROM notes WHERE text = {"x"}"]);
        Assert.Equal("1 0", string.Join(" ", changed));
        Assert.Equal("four", await db.FirstAsync<string>($"SELECT text FROM notes"));

        await Engine.DropAsync("math", default);
        await Engine.DropAsync("math", default);
        await Assert.ThrowsAsync<PostgresException>(() => db.FirstAsync<string>($"SELECT text FROM notes"));
        Assert.Equal(0, await AdminAsync<long>("SELECT count(*) FROM pg_roles WHERE rolname LIKE $1", $"el_{Installation}_%_math"));
    }

    [Fact]
    public async Task Several_hosts_may_start_at_once()
    {
        var hosts = Enumerable.Range(0, 4).Select(_ => NewEngine()).ToList();
        await Task.WhenAll(hosts.Select(host => host.StartAsync(default)));

        await hosts[0].CreateAsync("shared", default);
        foreach (var host in hosts)
        {
            Assert.Equal("t_shared", await new Db(host.Open("shared")).FirstAsync<string>($"SELECT current_schema()::text"));
            Assert.Equal("platform", await new Db(host.Platform).FirstAsync<string>($"SELECT current_schema()::text"));
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_lock_is_held_by_one_caller_of_one_host()
    {
        await using var other = NewEngine();
        await using var third = NewEngine();
        var held = await Engine.LockAsync("migrate math", default);
        await using (await other.LockAsync("migrate arts", default))
        {
            // Another name is free; this one is not, for the same host or another.
        }
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Engine.LockAsync("migrate math", soon.Token));
        using var later = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await other.LockAsync("migrate math", later.Token));
        var waiting = third.LockAsync("migrate math", default).AsTask();
        Assert.False(waiting.IsCompleted);

        await held.DisposeAsync();
        await (await waiting.WaitAsync(TimeSpan.FromSeconds(10))).DisposeAsync();
        await (await Engine.LockAsync("migrate math", default)).DisposeAsync();
    }

    [Fact]
    public async Task A_database_of_another_collation_is_refused_by_name()
    {
        var name = Database + "_sorted";
        await RunAsync(AdminConnection, $"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'");
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(AdminConnection) { Database = name };
            await using var engine = new PostgresEngine(connection.ConnectionString, Installation);
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => engine.StartAsync(default));
            Assert.Contains($"\"{name}\" has encoding UTF8, collation C.UTF-8", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            await RunAsync(AdminConnection, $"DROP DATABASE {name}");
        }
    }

    [Fact]
    public async Task Without_a_password_to_derive_from_hosts_share_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("elearning-secret-");
        var connection = new NpgsqlConnectionStringBuilder(AdminConnection);
        var passwords = Path.Combine(folder.FullName, "pgpass");
        await File.WriteAllTextAsync(passwords, $"*:*:*:*:{connection.Password}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(passwords, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        connection.Remove("Password");
        connection.Passfile = passwords;

        await using var first = new PostgresEngine(connection.ConnectionString, Installation, folder.FullName);
        await using var second = new PostgresEngine(connection.ConnectionString, Installation, folder.FullName);
        await first.StartAsync(default);
        Assert.Equal(1, await new Db(first.Platform).FirstAsync<int?>($"SELECT 1"));
        Assert.Equal(1, await new Db(second.Platform).FirstAsync<int?>($"SELECT 1"));
        Assert.Throws<InvalidOperationException>(() => new PostgresEngine(connection.ConnectionString, Installation));
        folder.Delete(recursive: true);
    }
}
