using ELearning.Security;

namespace ELearning.Commands;

internal static class OperationCommands
{
    public static readonly Command[] All =
    [
        new("figures", "", "Requests, statements and times by route, since this host started.", FiguresAsync),
        new("keys rotate", "", "Replaces the installation's key, and wraps every tenant's key anew.", RotateAsync),
    ];

    private static Task FiguresAsync(CommandContext context, CancellationToken ct)
    {
        context.Print(context.Get<RouteFigures>().All(), "No requests yet.");
        return Task.CompletedTask;
    }

    private static async Task RotateAsync(CommandContext context, CancellationToken ct) =>
        context.Say($"{await context.Get<RotateInstallationKey>().RunAsync(ct)} keys wrapped anew. Back up the new key file.");
}
