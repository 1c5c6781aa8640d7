using Xunit;

namespace ELearning.Tests.Data;

public sealed class ParityRecorderTests
{
    [Fact]
    public async Task A_different_answer_is_shown_and_nothing_is_changed_by_asking()
    {
        await using var one = await SqliteFolder.CreateAsync();
        await using var other = await SqliteFolder.CreateAsync();
        foreach (var folder in new[] { one, other }) await folder.Owner.ExecuteAsync($"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)");
        var recorder = new ParityRecorder();
        recorder.Listen(one.Engine);
        await one.Db.ExecuteAsync($"INSERT INTO notes (id, text) VALUES ({1}, {"a"})");
        await other.Db.ExecuteAsync($"INSERT INTO notes (id, text) VALUES ({1}, {"b"})");
        await one.Db.ListAsync<string>($"SELECT text FROM notes ORDER BY id LIMIT 10");
        await one.Db.ExecuteAsync($"DELETE FROM notes WHERE id = {1}");
        await one.Db.ExecuteAsync($"INSERT INTO notes (id, text) VALUES ({1}, {"a"})");
        one.Engine.StatementSeen = null;

        var parity = await recorder.CompareAsync(one.Engine.Open("a"), other.Engine.Open("a"));

        Assert.StartsWith("SELECT text FROM notes", Assert.Single(parity.Differences), StringComparison.Ordinal);
        Assert.Equal(4, parity.Asked);
        Assert.Equal("a", await one.Db.FirstAsync<string>($"SELECT text FROM notes ORDER BY id LIMIT 1"));
    }
}
