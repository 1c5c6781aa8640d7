using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ELearning.Commands;

public sealed class CommandSocketTests : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("elearning-run-").FullName;
    private readonly ServiceProvider _host = new ServiceCollection().AddSingleton<RouteFigures>().BuildServiceProvider();
    private CommandServer? _server;

    public async Task InitializeAsync()
    {
        _server = new(CommandSocket.PathFor(_folder), _host, NullLogger<CommandServer>.Instance);
        await _server.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _server!.StopAsync(CancellationToken.None);
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose() => _server?.Dispose();

    [Fact]
    public async Task A_running_host_answers_and_tells_how_it_went()
    {
        Assert.Equal((0, "No requests yet.\n", ""), await AskAsync("figures"));
        Assert.Equal((1, "", "There is no command figurse; ./run --help lists them.\n"), await AskAsync("figurse"));
    }

    [Fact]
    public async Task Records_are_json_when_asked_for()
    {
        var (exit, output, _) = await AskAsync(["figures"], isJson: true);

        Assert.Equal(0, exit);
        Assert.Equal(0, JsonDocument.Parse(output).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task A_mistake_inside_a_command_is_an_answer_not_the_end_of_the_host()
    {
        // This host has no tenants' database at all.
        var (exit, _, error) = await AskAsync("tenants");

        Assert.Equal(1, exit);
        Assert.NotEqual("", error);
        Assert.Equal(0, (await AskAsync("figures")).Exit);
    }

    [Fact]
    public async Task A_caller_that_says_nothing_holds_nobody_up()
    {
        using var silent = await CommandSocket.ConnectAsync(CommandSocket.PathFor(_folder), CancellationToken.None);

        Assert.Equal(0, (await AskAsync("figures")).Exit);
        var start = Stopwatch.GetTimestamp();
        await _server!.StopAsync(CancellationToken.None);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 5);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Only_its_own_user_may_open_the_socket() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(CommandSocket.PathFor(_folder)));

    [Fact]
    public async Task Without_a_host_nobody_answers_even_where_a_killed_one_left_its_socket()
    {
        var path = Path.Combine(_folder, "left.sock");
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            killed.Bind(new UnixDomainSocketEndPoint(path));

        if (!File.Exists(path)) await File.WriteAllTextAsync(path, "");
        Assert.Null(await CommandSocket.ConnectAsync(path, CancellationToken.None));
        Assert.Null(await CommandSocket.ConnectAsync(Path.Combine(_folder, "never.sock"), CancellationToken.None));
    }

    [Fact]
    public async Task A_folder_too_deep_for_a_socket_gets_one_in_the_temporary_folder()
    {
        var deep = Directory.CreateDirectory(Path.Combine(_folder, new string('d', 110))).FullName;
        var path = CommandSocket.PathFor(deep);
        Assert.Equal(Path.GetTempPath().TrimEnd('/'), Path.GetDirectoryName(path));

        using var server = new CommandServer(path, _host, NullLogger<CommandServer>.Instance);
        await server.StartAsync(CancellationToken.None);
        using var output = new StringWriter();
        Assert.Equal(0, await CommandClient.AskAsync(deep, new(["figures"], "/", false), output, output, CancellationToken.None));
        await server.StopAsync(CancellationToken.None);
        Assert.False(File.Exists(path));
    }

    private Task<(int? Exit, string Output, string Error)> AskAsync(params string[] words) => AskAsync(words, isJson: false);

    private async Task<(int? Exit, string Output, string Error)> AskAsync(string[] words, bool isJson)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await CommandClient.AskAsync(_folder, new(words, _folder, isJson), output, error, CancellationToken.None);
        return (exit, output.ToString(), error.ToString());
    }
}
