using ELearning.Data;
using ELearning.Security;
using ELearning.Shells;

namespace ELearning.Recipes;

/// <summary>
/// What was run, by whom and how far it came. A run keeps its steps as they were evaluated, sealed since passwords may be
/// among them, until it is done: so it can be resumed without its file, its parameters or new random values.
/// </summary>
internal sealed class RecipeRuns(PlatformDb platform, TenantKeys keys, TimeProvider clock)
{
    public static readonly Sql[] Migrations =
    [
        $"""
        CREATE TABLE recipe_runs (
            id         UUID PRIMARY KEY,
            tenant     UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
            recipe     TEXT NOT NULL,
            by         TEXT NOT NULL,
            state      TEXT NOT NULL CHECK (state IN ('Running', 'Failed', 'Done')),
            steps      TEXT,
            error      TEXT,
            started_at TIMESTAMPTZ NOT NULL,
            ended_at   TIMESTAMPTZ)
        """,
        $"CREATE INDEX recipe_runs_unfinished ON recipe_runs (started_at, id) WHERE state = 'Running'",
        $"CREATE INDEX recipe_runs_by_tenant ON recipe_runs (tenant, started_at, id)",
        $"""
        CREATE TABLE recipe_steps (
            run      UUID NOT NULL REFERENCES recipe_runs (id) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            recipe   TEXT NOT NULL,
            line     INTEGER NOT NULL,
            name     TEXT NOT NULL,
            changes  TEXT NOT NULL,
            ended_at TIMESTAMPTZ NOT NULL,
            PRIMARY KEY (run, position))
        """,
        $"ALTER TABLE recipe_runs ADD COLUMN person UUID",
    ];

    public async Task<Guid> StartAsync(Tenant tenant, string recipe, string by, Guid? person, IReadOnlyList<RecipeStep> steps, CancellationToken ct)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var @sealed = await new Secrets(keys, TenantKeys.NameOf(tenant)).SealAsync(Purpose(id), Json.Of(steps), ct);
        await platform.Open().ExecuteAsync(
            $"""
            INSERT INTO recipe_runs (id, tenant, recipe, by, person, state, steps, started_at)
            VALUES ({id}, {tenant.Id}, {recipe}, {by}, {person}, {RunState.Running}, {@sealed}, {clock.GetUtcNow()})
            """, ct);
        return id;
    }

    public async Task<RunRow?> FindAsync(Guid id, CancellationToken ct) => await platform.Open().FirstAsync<RunRow>(
        $"""
        SELECT r.id, t.name AS tenant, r.recipe, r.by, r.person, r.state, r.steps, r.error, r.started_at, r.ended_at
        FROM recipe_runs r JOIN tenants t ON t.id = r.tenant WHERE r.id = {id}
        """, ct);

    public async Task<IReadOnlyList<RecipeStep>> StepsAsync(Tenant tenant, RunRow run, CancellationToken ct) =>
        Json.To<RecipeStep[]>(await new Secrets(keys, TenantKeys.NameOf(tenant)).OpenAsync(Purpose(run.Id), run.Steps!, ct));

    public async Task<IReadOnlyList<StepResult>> ResultsAsync(Guid id, CancellationToken ct)
    {
        var rows = await platform.Open().ListAsync<StepRow>(
            $"SELECT recipe, line, name, changes, ended_at FROM recipe_steps WHERE run = {id} ORDER BY position", ct);
        return [.. rows.Select(row => new StepResult(row.Recipe, row.Line, row.Name, Json.To<PlannedChange[]>(row.Changes), row.EndedAt))];
    }

    public Task RecordAsync(Guid id, int position, RecipeStep step, IReadOnlyList<PlannedChange> changes, CancellationToken ct) =>
        platform.Open().ExecuteAsync(
            $"""
            INSERT INTO recipe_steps (run, position, recipe, line, name, changes, ended_at)
            VALUES ({id}, {position}, {step.Recipe}, {step.Line}, {step.Name}, {Json.Of(changes)}, {clock.GetUtcNow()})
            ON CONFLICT (run, position) DO NOTHING
            """, ct);

    public Task ContinueAsync(Guid id, CancellationToken ct) => platform.Open().ExecuteAsync(
        $"UPDATE recipe_runs SET state = {RunState.Running}, error = {(string?)null}, ended_at = {(DateTimeOffset?)null} WHERE id = {id}", ct);

    public Task FailAsync(Guid id, string error, CancellationToken ct) => platform.Open().ExecuteAsync(
        $"UPDATE recipe_runs SET state = {RunState.Failed}, error = {error}, ended_at = {clock.GetUtcNow()} WHERE id = {id}", ct);

    public Task EndAsync(Guid id, CancellationToken ct) => platform.Open().ExecuteAsync(
        $"UPDATE recipe_runs SET state = {RunState.Done}, steps = {(string?)null}, ended_at = {clock.GetUtcNow()} WHERE id = {id}", ct);

    /// <summary>Runs that are going on, here or on another host, or that a crash ended.</summary>
    public Task<List<Guid>> UnfinishedAsync(CancellationToken ct) =>
        platform.Open().ListAsync<Guid>($"SELECT id FROM recipe_runs WHERE state = 'Running' ORDER BY started_at, id LIMIT 1000", ct);

    /// <summary>Of one tenant, the newest first.</summary>
    public Task<List<RunLine>> LatestAsync(Guid tenant, int count, CancellationToken ct) => platform.Open().ListAsync<RunLine>(
        $"SELECT id, recipe, by, state, error, started_at FROM recipe_runs WHERE tenant = {tenant} ORDER BY started_at DESC, id DESC LIMIT {count}", ct);

    private static string Purpose(Guid id) => $"recipe run {id}";

    internal sealed record RunRow(
        Guid Id, string Tenant, string Recipe, string By, Guid? Person, RunState State, string? Steps, string? Error, DateTimeOffset StartedAt, DateTimeOffset? EndedAt);

    private sealed record StepRow(string Recipe, int Line, string Name, string Changes, DateTimeOffset EndedAt);
}

internal sealed record RunLine(Guid Id, string Recipe, string By, RunState State, string? Error, DateTimeOffset StartedAt);

public enum RunState { Running, Failed, Done }
