using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ELearning.Commands;

/// <summary>What the person typed, sent to the running host as one line.</summary>
internal sealed record CommandRequest(IReadOnlyList<string> Words, string Directory, bool IsJson);

/// <summary>A piece of the answer, each a line: text for either stream, and at the end how it went.</summary>
internal sealed record CommandAnswer(string? Out = null, string? Error = null, int? Exit = null);

/// <summary>Runs the commands of people on this machine, in the host that has the databases open.</summary>
internal sealed class CommandServer(string path, IServiceProvider host, ILogger<CommandServer> log) : BackgroundService
{
    private Socket? _listening;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listening = CommandSocket.Listen(path);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listening!.AcceptAsync(stoppingToken);
                running.RemoveAll(task => task.IsCompleted);
                running.Add(ServeAsync(client, stoppingToken));
            }
        }
        catch (OperationCanceledException)
        {
            _listening!.Dispose();
            File.Delete(path);
            await Task.WhenAll(running);
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken stopping)
    {
        try
        {
            await using var stream = new NetworkStream(client, ownsSocket: true);
            if (!CommandSocket.IsOurs(client)) return;

            using var reader = new StreamReader(stream);
            if (await reader.ReadLineAsync(stopping) is not { } line) return;

            var request = JsonSerializer.Deserialize<CommandRequest>(line)!;
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var watching = WatchAsync(reader, gone);
            using var output = new Answers(stream, isError: false);
            using var error = new Answers(stream, isError: true);
            var exit = await CommandList.RunAsync(host, request, output, error, log, gone.Token);
            Answers.Send(stream, new(Exit: exit));
            client.Shutdown(SocketShutdown.Both);
            await watching;
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException or JsonException)
        {
            log.LogInformation("A command's caller went away: {Reason}", broken.Message);
        }
    }

    // The caller sends nothing more: the next thing heard is that it was interrupted.
    private static async Task WatchAsync(StreamReader reader, CancellationTokenSource gone)
    {
        try
        {
            await reader.ReadLineAsync(gone.Token);
            await gone.CancelAsync();
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
            await gone.CancelAsync();
        }
    }

    private sealed class Answers(Stream stream, bool isError) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write($"{value}");

        public override void Write(string? value) => Send(stream, isError ? new(Error: value) : new(Out: value));

        public override void WriteLine(string? value) => Write(value + "\n");

        public static void Send(Stream stream, CommandAnswer answer)
        {
            var line = JsonSerializer.SerializeToUtf8Bytes(answer);
            lock (stream) stream.Write([.. line, (byte)'\n']);
        }
    }
}
