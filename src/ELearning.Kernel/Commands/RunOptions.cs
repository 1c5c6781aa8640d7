using System.Globalization;
using System.Net;

namespace ELearning.Commands;

/// <summary>The command line of <c>./run</c>: how a host is started, or which command is meant for it.</summary>
internal sealed record RunOptions
{
    public const string Help = """
        ./run [options]            starts the host; without options, with a demo on http://localhost:5000
          --listen ADDRESS         address and port, 127.0.0.1:5000 unless told; not loopback means no demo
          --port N                 the port alone
          --data DIR               databases, files and keys, ./data unless told
          --postgres CONNECTION    PostgreSQL instead of SQLite (or ELEARNING_POSTGRES in the environment)
          --recipe NAME            one site of that recipe instead of the demo
          --no-demo                an empty platform
          --host NAME              the platform's own host name, beside localhost; may be given again
          --unknown-hosts ANSWER   404 (unless told) or platform: what names that no site has are answered
          --proxy ADDRESS          a proxy whose X-Forwarded headers are believed; may be given again

        ./run COMMAND [arguments]  asks the running host, or starts one for the moment
          --data, --postgres       which installation
          --json                   records as JSON

        """;

    public IPAddress Address { get; init; } = IPAddress.Loopback;

    public int Port { get; init; } = 5000;

    public string DataFolder { get; init; } = "data";

    public string? Postgres { get; init; }

    public string? Recipe { get; init; }

    public bool NoDemo { get; init; }

    public IReadOnlyList<string> Hosts { get; init; } = [];

    public UnknownHosts UnknownHosts { get; init; }

    public IReadOnlyList<IPAddress> Proxies { get; init; } = [];

    public bool WantsHelp { get; init; }

    public bool IsJson { get; init; }

    /// <summary>A command with its own arguments; empty to start the host.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Nobody but this machine can see a demo, whose passwords are known.</summary>
    public bool IsDemo => !NoDemo && Recipe is null && IPAddress.IsLoopback(Address);

    public string Url => $"http://{new IPEndPoint(Address, Port)}";

    public static RunOptions Parse(IReadOnlyList<string> args, string? postgres)
    {
        var options = new RunOptions { Postgres = string.IsNullOrWhiteSpace(postgres) ? null : postgres };
        var command = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, given) = args[i].Split('=', 2) is [var left, var right] && left.StartsWith("--", StringComparison.Ordinal) ? (left, right) : (args[i], null);
            string Value() => given ?? (++i < args.Count ? args[i] : throw new CommandException($"{name} needs a value."));
            options = name switch
            {
                "--help" or "-h" => options with { WantsHelp = true },
                "--json" => options with { IsJson = true },
                "--data" => options with { DataFolder = Value() },
                "--postgres" => options with { Postgres = Value() },
                // What follows a command is the command's.
                _ when command.Count > 0 || !name.StartsWith('-') => With(args[i]),
                "--listen" => Listen(options, Value()),
                "--port" => options with { Port = PortOf(Value()) },
                "--recipe" => options with { Recipe = Value() },
                "--no-demo" => options with { NoDemo = true },
                "--host" => options with { Hosts = [.. options.Hosts, HostOf(Value())] },
                "--unknown-hosts" => options with { UnknownHosts = UnknownOf(Value()) },
                "--proxy" => options with { Proxies = [.. options.Proxies, ProxyOf(Value())] },
                _ => throw new CommandException($"There is no option {name}; ./run --help lists them."),
            };
        }

        return options with { Command = command, DataFolder = Path.GetFullPath(options.DataFolder) };

        RunOptions With(string word)
        {
            command.Add(word);
            return options;
        }
    }

    private static RunOptions Listen(RunOptions options, string text)
    {
        var named = text.Replace("localhost", "127.0.0.1", StringComparison.OrdinalIgnoreCase).Replace("*", "0.0.0.0", StringComparison.Ordinal);
        // An address without a port parses as an end point of port 0; one with a port in brackets as an address, losing the port.
        if (IPEndPoint.TryParse(named, out var end) && end.Port > 0) return options with { Address = end.Address, Port = end.Port };
        if (IPAddress.TryParse(named, out var address)) return options with { Address = address };
        throw new CommandException($"--listen {text} is not an address: write 0.0.0.0, 127.0.0.1:5000 or [::1]:5000.");
    }

    private static string HostOf(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown
        ? text : throw new CommandException($"--host {text} is not a host name: write it without http:// and without a port.");

    private static UnknownHosts UnknownOf(string text) => text switch
    {
        "404" => UnknownHosts.NotFound,
        "platform" => UnknownHosts.Platform,
        _ => throw new CommandException($"--unknown-hosts {text} is neither 404 nor platform."),
    };

    private static IPAddress ProxyOf(string text) => IPAddress.TryParse(text, out var address)
        ? address : throw new CommandException($"--proxy {text} is not an address, such as 10.0.0.7.");

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port : throw new CommandException($"--port {text} is not a port: write a number from 1 to 65535.");
}
