using ELearning.Data;

namespace ELearning.Hello;

internal sealed class GuestBook(Db db)
{
    public Task<List<Greeting>> LatestAsync(int count, CancellationToken ct) => db.ListAsync<Greeting>($"""
        SELECT id, name, text, left_at FROM greetings ORDER BY left_at DESC, id DESC LIMIT {count}
        """, ct);

    public Task AddAsync(Greeting greeting, Guid? person, CancellationToken ct) => db.ExecuteAsync($"""
        INSERT INTO greetings (id, person_id, name, text, left_at)
        VALUES ({greeting.Id}, {person}, {greeting.Name}, {greeting.Text}, {greeting.LeftAt})
        """, ct);

    public async Task<bool> RemoveAsync(Guid id, CancellationToken ct) =>
        await db.ExecuteAsync($"DELETE FROM greetings WHERE id = {id}", ct) == 1;

    public Task<int> RemoveBeforeAsync(DateTimeOffset time, CancellationToken ct) =>
        db.ExecuteAsync($"DELETE FROM greetings WHERE left_at < {time}", ct);
}
