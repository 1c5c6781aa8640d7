using ELearning.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>Work in the background. A running job's <c>due_at</c> is the end of its lease: from then on another host may take it.</summary>
internal sealed class JobsFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Jobs", "Jobs", "Kernel", "Work in the background, at once or on a schedule.") { AlwaysOn = true };

    public void Declare(FeatureBuilder f) => f
        .Permission(ShowJob.Permission, "Site", "See how far other people's jobs are")
        .Table("jobs", person: "requested_by", personal: ["argument", "result", "error", "progress"], erase: Erase.Remove)
        .Schema(
            $"""
            CREATE TABLE jobs (
                id           UUID PRIMARY KEY,
                name         TEXT NOT NULL,
                argument     TEXT NOT NULL,
                priority     INTEGER NOT NULL,
                scheduled    BOOLEAN NOT NULL,
                requested_by UUID,
                state        TEXT NOT NULL CHECK (state IN ('Queued', 'Running', 'Done', 'Failed', 'Cancelled', 'Held')),
                created_at   TIMESTAMPTZ NOT NULL,
                due_at       TIMESTAMPTZ NOT NULL,
                owner        UUID,
                attempts     INTEGER NOT NULL,
                percent      INTEGER NOT NULL DEFAULT 0,
                progress     TEXT,
                result       TEXT,
                error        TEXT,
                cancel       BOOLEAN NOT NULL DEFAULT FALSE,
                ended_at     TIMESTAMPTZ,
                revision     INTEGER NOT NULL DEFAULT 0)
            """,
            $"CREATE INDEX jobs_by_due ON jobs (priority DESC, due_at, id) WHERE state IN ('Queued', 'Running')",
            $"CREATE UNIQUE INDEX jobs_scheduled ON jobs (name) WHERE scheduled AND state IN ('Queued', 'Running', 'Held')",
            $"CREATE INDEX jobs_by_end ON jobs (ended_at) WHERE ended_at IS NOT NULL");

    public void AddServices(IServiceCollection services) => services
        .AddScoped<JobQueue>()
        .AddScoped(scope => new Jobs(
            scope.GetRequiredService<Db>(), scope.GetRequiredService<FeatureCatalog>(), scope.GetRequiredService<OutboxState>(), scope.GetRequiredService<TimeProvider>()));

    public void MapEndpoints(IEndpointRouteBuilder routes) => routes.MapGet("/jobs/{id:guid}", ShowJob.HandleAsync).SignedIn();
}
