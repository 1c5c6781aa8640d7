using ELearning.Shells;

namespace ELearning.Platform;

/// <summary>Every night, and when somebody has deleted a tenant: exports what was closed, and takes away what was closed thirty days ago.</summary>
internal sealed class SweepArchived(DeleteTenant delete) : IJob
{
    public const string Name = "sweep-archived-tenants";

    public Task RunAsync(JobRun run, CancellationToken ct) => delete.SweepAsync(ct);
}
