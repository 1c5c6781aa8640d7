namespace ELearning;

/// <summary>Runs the backfill of one fact handler, named by the argument.</summary>
internal sealed class Backfill(FactRoutes routes, IServiceProvider services) : IJob
{
    public const string Name = "facts-backfill";

    // Turned off again meanwhile: enabling it asks for another one.
    public Task RunAsync(JobRun run, CancellationToken ct) =>
        routes.Handlers.GetValueOrDefault(run.Argument)?.Backfill?.Invoke(services, ct) ?? Task.CompletedTask;
}
