using ELearning.Data;

namespace ELearning.Hello;

/// <summary>Counts by day. No need to ask whether this greeting was counted before: the count and the acknowledgement commit together.</summary>
internal sealed class CountGreeting(Db db) : IFactHandler<GreetingLeft>
{
    public Task HandleAsync(GreetingLeft fact, CancellationToken ct) => db.ExecuteAsync($"""
        INSERT INTO greeting_counts (day, greetings) VALUES ({DateOnly.FromDateTime(fact.At.UtcDateTime)}, 1)
        ON CONFLICT (day) DO UPDATE SET greetings = greeting_counts.greetings + 1
        """, ct);
}
