using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ELearning.Recipes;

/// <summary>Goes on with the recipes that a crash interrupted, while the host serves already.</summary>
internal sealed class ResumeRecipes(RecipeExecutor executor, ILogger<ResumeRecipes> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await executor.ResumeInterruptedAsync(stoppingToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The run says so itself, and ./run recipes resume tries again; the host need not end for it.
            log.LogError(error, "A recipe that was interrupted could not be resumed");
        }
    }
}
