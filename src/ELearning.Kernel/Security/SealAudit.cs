namespace ELearning.Security;

/// <summary>Chains the acts since the last time, and once a day gives the platform the end of the chain.</summary>
internal sealed class SealAudit(AuditChain chain) : IJob
{
    public async Task RunAsync(JobRun run, CancellationToken ct)
    {
        await chain.SealAsync(ct);
        await chain.KeepHeadAsync(ct);
    }
}
