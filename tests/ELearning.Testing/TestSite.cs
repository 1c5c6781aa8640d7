using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
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

    /// <summary>The platform's own site, with its desk and a way to sign in. One for all tests of a host, so it is told apart by tenants, never counted.</summary>
    public static async Task<TestSite> PlatformAsync(TestHost host)
    {
        var site = new TestSite(host, Tenant.Default, host.Browser("localhost"));
        await site.EnableAsync("Platform", "TestAccounts");
        return site;
    }

    public static async Task<TestSite> PlatformAsync(string database) => await PlatformAsync(await TestHost.SharedAsync(database));

    /// <summary>Signs the browser in as somebody new who has this role, Administrator when none is named.</summary>
    public async Task<Guid> SignInAsync(string name = "Ada", Guid? role = null)
    {
        var person = await PersonAsync(name);
        await RunAsync(async services =>
        {
            services.GetRequiredService<CurrentActor>().Set(Actor.Platform);
            await services.GetRequiredService<Roles>().AssignAsync(person, role ?? Roles.Administrator, Scope.Tenant, CancellationToken.None);
        });
        using var answer = await Browser.PostAsJsonAsync("/test/sign-in", new TestAccountsFeature.SignIn(person));
        answer.EnsureSuccessStatusCode();
        return person;
    }

    /// <summary>Sends a form of a page as a browser does, with the token that the page has.</summary>
    public async Task<HttpResponseMessage> PostAsync(string page, Dictionary<string, string> fields, string? to = null)
    {
        var html = await Browser.GetStringAsync(page);
        var token = Regex.Match(html, "__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)").Groups[1].Value;
        return await Browser.PostAsync(to ?? page, new FormUrlEncodedContent(new Dictionary<string, string>(fields) { ["__RequestVerificationToken"] = token }));
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

    internal async Task ZoneAsync(string zone)
    {
        var tenants = Host.Services.GetRequiredService<Tenants>();
        await tenants.SaveAsync(tenants.OpenPlatform(), Tenant with { Zone = zone }, default);
        await Host.Shells.RefreshAsync(default);
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
