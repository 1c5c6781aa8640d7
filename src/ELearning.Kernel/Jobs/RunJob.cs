using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning;

/// <summary>Runs one leased job to its end, its next attempt, or its return when the host stops.</summary>
internal static class RunJob
{
    public static async Task RunAsync(Func<ShellScope> open, Leased job, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var ended = new CancellationTokenSource();
        if (job.Cancel) await stop.CancelAsync();
        var renewing = RenewAsync(open, job, stop, ended.Token);
        var (outcome, result) = await TryAsync(open, job, stop);
        Faults.At("job.ran");
        await ended.CancelAsync();
        await renewing;

        // The host is told to stop, but this must still be written: it is what lets another host go on.
        await using var scope = open();
        var queue = scope.Services.GetRequiredService<JobQueue>();
        var log = scope.Services.GetRequiredService<ILogger<JobQueue>>();
        Meters.Job(scope.Services.GetRequiredService<Tenant>().Name, outcome is null ? "done" : outcome is OperationCanceledException ? "stopped" : "failed");
        if (outcome is null)
        {
            await queue.EndAsync(job, JobState.Done, result, null, CancellationToken.None);
            Faults.At("job.committed");
            log.LogInformation("Job {Job} {Name} done, attempt {Attempt}", job.Id, job.Name, job.Attempts);
        }
        else if (outcome is OperationCanceledException && stopping.IsCancellationRequested) await queue.ReturnAsync(job, CancellationToken.None);
        else if (outcome is OperationCanceledException && stop.IsCancellationRequested) await queue.EndAsync(job, JobState.Cancelled, null, null, CancellationToken.None);
        else if (await queue.SetBackAsync(job, FailureLine.Of(outcome), CancellationToken.None))
            log.LogInformation(outcome, "Job {Job} {Name} failed, attempt {Attempt}, to be tried again", job.Id, job.Name, job.Attempts);
        else log.LogWarning(outcome, "Job {Job} {Name} failed, attempt {Attempt}, the last", job.Id, job.Name, job.Attempts);
    }

    private static async Task<(Exception? Outcome, string? Result)> TryAsync(Func<ShellScope> open, Leased job, CancellationTokenSource stop)
    {
        await using var scope = open();
        var run = new JobRun(job.Id, job.Argument, job.Attempts, async (percent, text, ct) =>
        {
            await using var own = open();
            if (!await own.Services.GetRequiredService<JobQueue>().ProgressAsync(job, percent, text, ct)) await stop.CancelAsync();
            stop.Token.ThrowIfCancellationRequested();
        });
        try
        {
            stop.Token.ThrowIfCancellationRequested();
            scope.Services.GetRequiredService<CurrentActor>().Set(Actor.Job(job.Name));
            await scope.Services.GetRequiredService<FactRoutes>().Jobs[job.Name].Create(scope.Services).RunAsync(run, stop.Token);
            return (null, run.Result);
        }
        catch (Exception e)
        {
            return (e, null);
        }
    }

    private static async Task RenewAsync(Func<ShellScope> open, Leased job, CancellationTokenSource stop, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                await Task.Delay(JobQueue.Lease / 6, ended);
                await using var scope = open();
                if (!await scope.Services.GetRequiredService<JobQueue>().RenewAsync(job, ended)) await stop.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Ended, the usual way out of the loop.
        }
    }
}
