using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>Takes away what no sign-in will ask for any more.</summary>
internal sealed class SweepAccounts(Db db, TimeProvider clock) : IJob
{
    public const string Name = "sweep-accounts";

    public async Task RunAsync(JobRun run, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        // For some days a link still says that it has expired, instead of being nothing.
        await db.ExecuteAsync($"DELETE FROM one_time_tokens WHERE expires_at < {now.AddDays(-14)}", ct);
        await db.ExecuteAsync($"DELETE FROM sign_in_failures WHERE last_at < {now - FailureRule.Remembered}", ct);
    }
}
