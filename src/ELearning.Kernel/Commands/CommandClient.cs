using System.Net.Sockets;
using System.Text.Json;

namespace ELearning.Commands;

internal static class CommandClient
{
    /// <returns>The command's exit code, or null when no host runs on that data folder.</returns>
    public static async Task<int?> AskAsync(string dataFolder, CommandRequest request, TextWriter output, TextWriter error, CancellationToken ct)
    {
        using var socket = await CommandSocket.ConnectAsync(CommandSocket.PathFor(dataFolder), ct);
        if (socket is null) return null;

        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(request).Append((byte)'\n').ToArray(), ct);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            var answer = JsonSerializer.Deserialize<CommandAnswer>(line)!;
            if (answer.Exit is { } exit) return exit;
            await output.WriteAsync(answer.Out);
            await error.WriteAsync(answer.Error);
        }

        throw new CommandException("The host ended before the command did.");
    }
}
