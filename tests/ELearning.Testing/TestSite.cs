using System.Globalization;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>A fresh tenant with features of the test's choice, reached over real HTTP under a host name of its own.</summary>
public sealed class TestSite : IAsyncDisposable
{
    internal const string StatementsHeader = "X-Test-Statements";

    private TestSite(TestHost host, string name, HttpClient browser)
    {
        Host = host;
        Name = name;
        Browser = browser;
    }

    public TestHost Host { get; }

    public string Name { get; }

    /// <summary>Keeps cookies, follows no redirect.</summary>
    public HttpClient Browser { get; }

    internal Tenant Tenant => Host.Shells.Table.Find(Name)!.Tenant;

    public static async Task<TestSite> StartAsync(string database, params string[] features) =>
        await StartAsync(await TestHost.SharedAsync(database), features);

    public static async Task<TestSite> StartAsync(TestHost host, params string[] features)
    {
        var name = $"t{Guid.NewGuid().ToString("N")[..12]}";
        var made = await host.Services.GetRequiredService<CreateTenant>().RunAsync(
            new(name, "Test site") { Hosts = [$"{name}.localhost"], Features = features }, CancellationToken.None);
        if (made.Refusal is { } why) throw new InvalidOperationException(why);
        return new(host, name, host.Browser($"{name}.localhost"));
    }

    /// <summary>How many statements the tenant's database was sent for this answer.</summary>
    public static int Statements(HttpResponseMessage answer) => int.Parse(answer.Headers.GetValues(StatementsHeader).Single(), CultureInfo.InvariantCulture);

    /// <summary>Another browser on the same site: other cookies.</summary>
    public HttpClient OtherBrowser() => Host.Browser($"{Name}.localhost");

    /// <summary>Runs something with the tenant's services, as a job would.</summary>
    public async Task<T> RunAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var lease = await Host.Shells.LeaseAsync(Name, CancellationToken.None);
        await using var scope = lease.OpenScope();
        return await work(scope.Services);
    }

    public Task RunAsync(Func<IServiceProvider, Task> work) => RunAsync(async services =>
    {
        await work(services);
        return true;
    });

    public Task<List<T>> QueryAsync<T>(Sql sql) => RunAsync(services => services.GetRequiredService<Db>().ListAsync<T>(sql));

    public async Task<Guid> PersonAsync(string name)
    {
        var id = Guid.CreateVersion7();
        await RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync(
            $"INSERT INTO people (id, display_name, sort_name) VALUES ({id}, {name}, {name.ToLowerInvariant()})"));
        return id;
    }

    internal async Task EnableAsync(params string[] features)
    {
        if (await Host.Services.GetRequiredService<SwitchFeatures>().EnableAsync(Name, features, CancellationToken.None) is { } refused)
            throw new InvalidOperationException(refused.Reason);
    }

    internal async Task DisableAsync(params string[] features)
    {
        if (await Host.Services.GetRequiredService<SwitchFeatures>().DisableAsync(Name, features, dependents: false, CancellationToken.None) is { } refused)
            throw new InvalidOperationException(refused.Reason);
    }

    /// <summary>The tenant stays on the shared host: its name is never used again, and an idle tenant costs nothing.</summary>
    public ValueTask DisposeAsync()
    {
        Browser.Dispose();
        return default;
    }
}
