using System.Net;
using System.Net.Sockets;
using ELearning.Data;
using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Npgsql;

namespace ELearning.Commands;

/// <summary>What <c>./run</c> starts: the host itself, or a command for it. What a person did wrong is one sentence.</summary>
public static class Launch
{
    public static async Task<int> RunAsync(string[] args, IReadOnlyList<IFeature> modules)
    {
        try
        {
            var options = RunOptions.Parse(args, Environment.GetEnvironmentVariable("ELEARNING_POSTGRES"));
            if (options.WantsHelp)
            {
                Console.Write(options.Command.Count > 0 ? CommandList.HelpOn(options.Command) : CommandList.Help);
                return 0;
            }

            CheckFolder(options.DataFolder);
            return options.Command.Count > 0 ? await CommandAsync(options, modules) : await HostAsync(options, modules);
        }
        catch (Exception refused) when (refused is CommandException or FeatureException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
        }
        catch (NpgsqlException refused)
        {
            await Console.Error.WriteLineAsync($"PostgreSQL cannot be used: {refused.Message.ReplaceLineEndings(" ")}.");
        }
        catch (IOException refused) when (refused.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
        }

        return 1;
    }

    private static async Task<int> HostAsync(RunOptions options, IReadOnlyList<IFeature> modules)
    {
        CheckPort(options);
        using var held = Hold(options);
        await using var app = await KernelHost.BuildAsync(Kernel(options) with { Demo = options.IsDemo }, modules, builder =>
        {
            if (held is not null)
                builder.Services.AddHostedService(services => new CommandServer(
                    CommandSocket.PathFor(options.DataFolder), services, services.GetRequiredService<ILogger<CommandServer>>()));
        });
        await app.StartAsync();
        PrintAddresses(app, options);
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task<int> CommandAsync(RunOptions options, IReadOnlyList<IFeature> modules)
    {
        // Before anything starts: a mistyped command should not open databases.
        var (command, arguments) = CommandList.Find(options.Command);
        command.Read(arguments);

        var request = new CommandRequest(options.Command, Directory.GetCurrentDirectory(), options.IsJson);
        if (await CommandClient.AskAsync(options.DataFolder, request, Console.Out, Console.Error, CancellationToken.None) is { } exit) return exit;

        using var held = Hold(options);
        await using var app = await KernelHost.BuildAsync(Kernel(options), modules, builder =>
        {
            builder.Services.AddSingleton<IServer, NoServer>();
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        });
        await app.StartAsync();
        var done = await CommandList.RunAsync(app.Services, request, Console.Out, Console.Error, app.Logger, app.Lifetime.ApplicationStopping);
        await app.StopAsync();
        return done;
    }

    private static KernelOptions Kernel(RunOptions options) => new()
    {
        DataFolder = options.DataFolder,
        Postgres = options.Postgres,
        Listen = options.Url,
        Recipe = options.Recipe,
        PlatformRecipe = "platform",
        PlatformHosts = [.. new KernelOptions().PlatformHosts, .. options.Hosts],
        UnknownHosts = options.UnknownHosts,
        Proxies = options.Proxies,
    };

    private static void CheckFolder(string folder)
    {
        try
        {
            // Everybody's data are in it; a folder that is there already keeps the mode that its owner chose.
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var probe = Path.Combine(folder, $".write-{Guid.NewGuid():N}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The data folder {folder} cannot be written; choose another by --data DIR, or change its owner.");
        }
    }

    private static void CheckPort(RunOptions options)
    {
        using var probe = new TcpListener(options.Address, options.Port);
        try
        {
            probe.Start();
        }
        catch (SocketException refused)
        {
            throw new CommandException(refused.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"Port {options.Port} is in use; choose another by --port N.",
                SocketError.AccessDenied => $"Port {options.Port} needs root; choose one above 1023 by --port N.",
                _ => $"This machine has no address {options.Address}; choose another by --listen ADDRESS.",
            });
        }
    }

    /// <returns>Null when another host has the folder and may: several hosts can share one PostgreSQL, never one file of SQLite.</returns>
    private static FileStream? Hold(RunOptions options)
    {
        try
        {
            return new(Path.Combine(options.DataFolder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return options.Postgres is not null
                ? null
                : throw new CommandException($"Another host has the data folder {options.DataFolder} open; stop it, or choose another by --data DIR.");
        }
    }

    private static void PrintAddresses(WebApplication app, RunOptions options)
    {
        const int shown = 20;
        var tenants = app.Services.GetRequiredService<TenantTable>().Slots.Select(slot => slot.Tenant)
            .Where(t => t.State == TenantState.Running && !t.IsPlatform && (t.Hosts.Length > 0 || t.Prefix is not null)).OrderBy(t => t.Name).ToList();
        var platform = IPAddress.IsLoopback(options.Address) ? $"http://localhost:{options.Port}" : options.Url;
        Console.WriteLine($"{app.Services.GetRequiredService<Engine>().Name}, data in {options.DataFolder}{(options.IsDemo ? ", demo" : "")}");
        Console.WriteLine($"  {platform}  the platform");
        foreach (var tenant in tenants.Take(shown))
            Console.WriteLine($"  {(tenant.Hosts is [var host, ..] ? $"http://{host}:{options.Port}" : $"{platform}/{tenant.Prefix}")}  {tenant.Title}");
        if (tenants.Count > shown) Console.WriteLine($"  and {tenants.Count - shown} more: ./run tenants");
        PrintAccounts(app.Services.GetRequiredService<FirstAccounts>(), platform, options.IsDemo);
        Console.WriteLine("Stop it with Ctrl-C.");
    }

    // On the console of whoever started it, and nowhere else: not in the log, which others read.
    private static void PrintAccounts(FirstAccounts accounts, string platform, bool isDemo)
    {
        if (accounts.TakeAdministrator() is { } administrator)
        {
            Console.WriteLine($"Sign in at {platform}/sign-in as {administrator.Mail} with the password {administrator.Password}");
            Console.WriteLine("It is shown this once, and has to be changed then.");
        }
        if (!isDemo || accounts.Read()?.Demo is not { Count: > 0 } people) return;

        foreach (var site in people.GroupBy(person => (person.Site, person.Password)))
            Console.WriteLine($"  {site.Key.Site}, password {site.Key.Password}: {string.Join(", ", site.Select(person => $"{person.Mail} ({person.Role})"))}");
        Console.WriteLine("Again: ./run tenants demo");
    }

    /// <summary>For a host of the moment, which nobody but the command may reach.</summary>
    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull =>
            Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() { }
    }
}
