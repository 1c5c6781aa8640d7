using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Tests;

internal sealed record Worked(Guid Id);

/// <summary>Writes down which host did what. On a host that hangs, jobs begin and never end.</summary>
internal sealed class WorkFeature(string host, bool hangs = false) : IFeature
{
    public FeatureInfo Info { get; } = new("Work", "Work", "Test", "Something to do.");

    public void Declare(FeatureBuilder f) => f
        .Fact<Worked>("worked", 1, fact => ("work", fact.Id))
        .On<Worked, Hear>()
        .Job<Work>(Work.Name)
        .Table("begun")
        .Table("done")
        .Table("heard")
        .Schema(
            $"CREATE TABLE begun (job UUID NOT NULL, host TEXT NOT NULL)",
            $"CREATE TABLE done (job UUID NOT NULL, host TEXT NOT NULL)",
            $"CREATE TABLE heard (id UUID NOT NULL, host TEXT NOT NULL)");

    public void AddServices(IServiceCollection services) => services.AddSingleton(new WorkPlace(host, hangs));
}

internal sealed record WorkPlace(string Host, bool Hangs);

internal sealed class Work(Db db, WorkPlace place) : IJob
{
    public const string Name = "work";

    public async Task RunAsync(JobRun run, CancellationToken ct)
    {
        await db.ExecuteAsync($"INSERT INTO begun (job, host) VALUES ({run.Id}, {place.Host})", ct);
        if (place.Hangs) await Task.Delay(Timeout.Infinite, ct);
        await db.ExecuteAsync($"INSERT INTO done (job, host) VALUES ({run.Id}, {place.Host})", ct);
    }
}

internal sealed class Hear(Db db, WorkPlace place) : IFactHandler<Worked>
{
    public Task HandleAsync(Worked fact, CancellationToken ct) => db.ExecuteAsync($"INSERT INTO heard (id, host) VALUES ({fact.Id}, {place.Host})", ct);
}
