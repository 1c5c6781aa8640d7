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
}
