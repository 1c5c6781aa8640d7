namespace ELearning;

/// <summary>
/// One kind of step in a recipe. It is made anew for each step in a scope of the tenant's container. What its plan does
/// not name is not done: a step whose plan changes nothing is not applied, which makes running a recipe twice harmless.
/// </summary>
public interface IRecipeStep
{
    /// <summary>What the step would set, with the values of now. Reads only. Equal values may be among them.</summary>
    Task<IReadOnlyList<PlannedChange>> PlanAsync(StepInput step, CancellationToken ct);

    /// <summary>May run again after a crash. Throws <see cref="RecipeException"/> to refuse with a reason for people.</summary>
    Task ApplyAsync(StepInput step, CancellationToken ct);
}

/// <summary>A step that can also write down what a tenant has.</summary>
public interface IRecipeWriter
{
    /// <summary>Objects as they would stand in a recipe, without the step's name. Secrets are left out.</summary>
    Task<IReadOnlyList<object>> WriteAsync(string tenant, CancellationToken ct);
}

/// <summary>Whose recipes may have a step: any tenant's, or only those run on the platform's own tenant.</summary>
public enum StepLevel { Tenant, Platform }

/// <summary>A step's properties as JSON: checked against its shape, expressions replaced by their values.</summary>
/// <param name="By">Who runs the recipe.</param>
public sealed record StepInput(string Tenant, string Json, string By)
{
    public T Read<T>() => ELearning.Data.Json.To<T>(Json);
}

/// <summary>One thing that a step sets, named so that two steps that set the same thing name it alike.</summary>
public sealed record PlannedChange(string What, string? From, string? To);

/// <summary>A recipe cannot go on, for a reason that people can do something about.</summary>
public sealed class RecipeException(string message) : Exception(message);
