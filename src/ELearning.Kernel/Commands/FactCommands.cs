using ELearning.Data;
using ELearning.Security;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Commands;

internal static class FactCommands
{
    private const int Shown = 100;

    public static readonly Command[] All =
    [
        new("facts", "TENANT", "Lists the facts that a handler keeps failing on, and that hold back later ones.", ListAsync),
        new("facts retry", "TENANT ID", "Delivers a parked fact again.", RetryAsync),
        new("facts drop", "TENANT ID", "Gives a parked fact up for that handler; those behind it go on.", DropAsync),
        new("jobs", "TENANT", "Lists work in the background, the latest first.", JobsAsync),
        new("jobs cancel", "TENANT ID", "Stops a job, or keeps it from starting.", CancelAsync),
        new("audit verify", "TENANT", "Proves that no sealed audit row has been changed, or says which.", VerifyAsync),
    ];

    private static async Task ListAsync(CommandContext context, CancellationToken ct) => context.Print(
        await context.InTenantAsync("TENANT", services => services.GetRequiredService<ParkedFacts>().ListAsync(Shown, ct), ct), "No fact is parked.");

    private static Task RetryAsync(CommandContext context, CancellationToken ct) =>
        DoAsync<ParkedFacts>(context, "is parked", (facts, id) => facts.RetryAsync(id, ct), ct);

    private static Task DropAsync(CommandContext context, CancellationToken ct) =>
        DoAsync<ParkedFacts>(context, "is parked", (facts, id) => facts.DropAsync(id, ct), ct);

    private static async Task JobsAsync(CommandContext context, CancellationToken ct) => context.Print(
        await context.InTenantAsync("TENANT", services => services.GetRequiredService<Db>().ListAsync<JobStatus>($"""
            SELECT id, name, state, percent, progress, result, error, created_at, ended_at, attempts, revision, requested_by
            FROM jobs ORDER BY created_at DESC, id DESC LIMIT {Shown}
            """, ct), ct), "No jobs.");

    private static Task CancelAsync(CommandContext context, CancellationToken ct) =>
        DoAsync<Jobs>(context, "waits or runs", (jobs, id) => jobs.CancelAsync(id, ct), ct);

    private static async Task VerifyAsync(CommandContext context, CancellationToken ct)
    {
        var proof = await context.InTenantAsync("TENANT", services => services.GetRequiredService<AuditChain>().VerifyAsync(ct), ct);
        context.Print(proof);
        if (!proof.IsWhole) throw new CommandException("The audit has been tampered with.");
    }

    private static async Task DoAsync<T>(CommandContext context, string what, Func<T, Guid, Task<bool>> act, CancellationToken ct) where T : notnull
    {
        var id = context.Id("ID");
        if (!await context.InTenantAsync("TENANT", services => act(services.GetRequiredService<T>(), id), ct))
            throw new CommandException($"Nothing of the id {id} {what}.");
        context.Say("Done.");
    }
}
