using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning.Recipes;

/// <summary>Runs recipes on tenants: nothing happens while there is a mistake, each step has a scope of its own, and each result is kept.</summary>
internal sealed class RecipeExecutor(
    RecipeReader reader, RecipeRuns runs, FeatureCatalog catalog, Tenants tenants, ShellHost shells, Engine engine, ILogger<RecipeExecutor> log)
{
    /// <summary>What running it would change, step after step, each seeing what those before it set. Changes nothing.</summary>
    /// <param name="person">Of the tenant itself, who may change what a profile leaves to its administrators; null for the platform.</param>
    public async Task<RecipeOutcome> PlanAsync(
        string tenantName, RecipeSource source, IReadOnlyDictionary<string, string> parameters, string by, CancellationToken ct, Guid? person = null)
    {
        var tenant = await FindAsync(tenantName, ct);
        var text = Read(tenant, source, parameters);
        if (text.Mistakes.Count > 0) return new RecipeMistaken(text.Mistakes);

        var set = new Dictionary<string, string?>();
        var on = On(tenant, tenant.Features);
        var steps = new List<StepPlan>();
        foreach (var step in text.Steps)
        {
            if (!on.Contains(catalog.RecipeSteps[step.Name].Feature))
                steps.Add(new(step.Recipe, step.Line, step.Name, [], $"Can be planned when the feature {catalog.RecipeSteps[step.Name].Feature} is on."));
            else
                steps.Add(await PlanAsync(tenant, step, set, ActorOf(by, person), ct));
        }
        return new RecipePlan(steps);
    }

    public async Task<RecipeOutcome> RunAsync(
        string tenantName, RecipeSource source, IReadOnlyDictionary<string, string> parameters, string by, CancellationToken ct, Guid? person = null)
    {
        var tenant = await FindAsync(tenantName, ct);
        var text = Read(tenant, source, parameters);
        if (text.Mistakes.Count > 0) return new RecipeMistaken(text.Mistakes);

        return await ResumeAsync(await runs.StartAsync(tenant, source.Name, by, person, text.Steps, ct), ct);
    }

    /// <summary>Goes on after the last step that was finished, whether the run failed or its host went away. Waits for one that is going on.</summary>
    public async Task<RecipeRun> ResumeAsync(Guid id, CancellationToken ct)
    {
        var run = await FindRunAsync(id, ct);
        await using var only = await engine.LockAsync($"recipe {run.Tenant}", ct);
        run = await FindRunAsync(id, ct);
        if (run.State != RunState.Done)
        {
            await runs.ContinueAsync(id, ct);
            await ContinueAsync(run, ct);
            run = await FindRunAsync(id, ct);
        }
        return new(id, run.Tenant, run.Recipe, run.By, run.State, run.Error, run.StartedAt, run.EndedAt, await runs.ResultsAsync(id, ct));
    }

    /// <summary>For the start of a host: ends what a crash interrupted.</summary>
    public async Task ResumeInterruptedAsync(CancellationToken ct)
    {
        foreach (var id in await runs.UnfinishedAsync(ct)) await ResumeAsync(id, ct);
    }

    private async Task ContinueAsync(RecipeRuns.RunRow run, CancellationToken ct)
    {
        var tenant = await FindAsync(run.Tenant, ct);
        var steps = await runs.StepsAsync(tenant, run, ct);
        var done = (await runs.ResultsAsync(run.Id, ct)).Count;
        for (var position = done; position < steps.Count; position++)
        {
            var step = steps[position];
            try
            {
                await runs.RecordAsync(run.Id, position, step, await ApplyAsync(run, step, ct), ct);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                if (e is not RecipeException) log.LogError(e, "Recipe {Recipe} broke at line {Line} on {Tenant}", step.Recipe, step.Line, run.Tenant);
                await runs.FailAsync(run.Id, $"{step.Recipe}.recipe.json({step.Line}): the step \"{step.Name}\" failed. {e.Message}", ct);
                return;
            }
        }

        await runs.EndAsync(run.Id, ct);
        log.LogInformation("Recipe {Recipe} was run on {Tenant}", run.Recipe, run.Tenant);
    }

    private async Task<IReadOnlyList<PlannedChange>> ApplyAsync(RecipeRuns.RunRow run, RecipeStep step, CancellationToken ct)
    {
        // A new lease for each step: a feature step before this one has put another shell in place.
        await using var lease = await shells.LeaseAsync(run.Tenant, ct);
        await using var scope = lease.OpenScope();
        scope.Services.GetRequiredService<CurrentActor>().Set(ActorOf(run.By, run.Person));
        var runner = catalog.RecipeSteps[step.Name].Create(scope.Services);
        var input = new StepInput(run.Tenant, step.Json, run.By);
        var changes = (await runner.PlanAsync(input, ct)).Where(change => change.From != change.To).ToList();
        if (changes.Count > 0) await runner.ApplyAsync(input, ct);
        return changes;
    }

    private async Task<StepPlan> PlanAsync(Tenant tenant, RecipeStep step, Dictionary<string, string?> set, Actor by, CancellationToken ct)
    {
        await using var lease = await shells.LeaseAsync(tenant.Name, ct);
        await using var scope = lease.OpenScope();
        scope.Services.GetRequiredService<CurrentActor>().Set(by);
        var runner = catalog.RecipeSteps[step.Name].Create(scope.Services);
        try
        {
            var changes = new List<PlannedChange>();
            foreach (var change in await runner.PlanAsync(new(tenant.Name, step.Json, by.Name), ct))
            {
                var from = set.GetValueOrDefault(change.What, change.From);
                if (from != change.To) changes.Add(change with { From = from });
                set[change.What] = change.To;
            }
            return new(step.Recipe, step.Line, step.Name, changes, null);
        }
        catch (RecipeException e)
        {
            return new(step.Recipe, step.Line, step.Name, [], e.Message);
        }
    }

    private static Actor ActorOf(string by, Guid? person) =>
        person is { } id ? new(ActorKind.Person, id, by) : Actor.Platform with { Name = by };

    private RecipeText Read(Tenant tenant, RecipeSource source, IReadOnlyDictionary<string, string> parameters)
    {
        var text = reader.Read(source, parameters);
        var chosen = (IReadOnlyList<string>)tenant.Features;
        foreach (var step in text.Steps)
        {
            var info = catalog.RecipeSteps[step.Name];
            var at = new Place(step.Line, step.Column);
            if (info.Level == StepLevel.Platform && !tenant.IsPlatform)
                text.Mistakes.Add(new(step.Recipe, at, $"The step \"{step.Name}\" is for the platform's own site only. Run it on {Tenant.Default}."));
            else if (!On(tenant, chosen).Contains(info.Feature))
                text.Mistakes.Add(new(step.Recipe, at, $"The step \"{step.Name}\" belongs to the feature {info.Feature}, which is off here. Enable it in a feature step before this one."));
            if (step.Name == FeatureStep.Name) chosen = new StepInput("", step.Json, "").Read<FeatureStep.Switches>().Of(chosen);
        }
        return text;
    }

    private HashSet<string> On(Tenant tenant, IEnumerable<string> chosen) => [.. catalog.Closure(chosen, tenant.IsPlatform).Select(f => f.Id)];

    private async Task<Tenant> FindAsync(string name, CancellationToken ct) =>
        await tenants.FindAsync(name, ct) ?? throw new RecipeException($"There is no tenant {name}.");

    private async Task<RecipeRuns.RunRow> FindRunAsync(Guid id, CancellationToken ct) =>
        await runs.FindAsync(id, ct) ?? throw new RecipeException($"There is no run {id}.");
}

public abstract record RecipeOutcome;

/// <summary>Nothing was done.</summary>
public sealed record RecipeMistaken(IReadOnlyList<Mistake> Mistakes) : RecipeOutcome;

public sealed record RecipePlan(IReadOnlyList<StepPlan> Steps) : RecipeOutcome;

/// <param name="Note">Why the step would refuse, or cannot be planned yet.</param>
public sealed record StepPlan(string Recipe, int Line, string Name, IReadOnlyList<PlannedChange> Changes, string? Note);

/// <summary>One running of a recipe on a tenant; a failed one says which step, its line and why, and can be resumed.</summary>
public sealed record RecipeRun(
    Guid Id, string Tenant, string Recipe, string By, RunState State, string? Error, DateTimeOffset StartedAt, DateTimeOffset? EndedAt,
    IReadOnlyList<StepResult> Steps) : RecipeOutcome;

public sealed record StepResult(string Recipe, int Line, string Name, IReadOnlyList<PlannedChange> Changes, DateTimeOffset EndedAt);
