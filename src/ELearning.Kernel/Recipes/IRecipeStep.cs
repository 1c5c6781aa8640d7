namespace ELearning;

/// <summary>One kind of step in a recipe. Idempotent: run twice, it changes nothing the second time.</summary>
public interface IRecipeStep;
