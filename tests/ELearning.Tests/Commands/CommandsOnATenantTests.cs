using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ELearning.Commands;

/// <summary>What a person types and reads, on the real host.</summary>
public sealed class CommandsOnATenantTests
{
    public static TheoryData<string> Databases => new("Sqlite", "Postgres");

    [Theory, MemberData(nameof(Databases))]
    public async Task A_tenant_is_made_listed_suspended_and_resumed(string database)
    {
        var host = await TestHost.SharedAsync(database);
        var name = $"t{Guid.NewGuid().ToString("N")[..12]}";
        using var browser = host.Browser($"{name}.localhost", "/hello");

        Assert.Equal((0, $"Made {name}.\n", ""), await RunAsync(host, "tenants", "create", name, "--host", $"{name}.localhost", "--feature", "Hello"));
        Assert.Contains(name, (await RunAsync(host, "tenants", "--after", name[..^1])).Output, StringComparison.Ordinal);
        Assert.Equal(200, (int)(await browser.GetAsync("")).StatusCode);

        Assert.Equal(0, (await RunAsync(host, "tenants", "suspend", name, "--reason", "Moving house")).Exit);
        var suspended = await browser.GetAsync("");
        Assert.Equal(503, (int)suspended.StatusCode);
        Assert.Contains("Moving house", await suspended.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((1, "", $"{name} is Suspended.\n"), await RunAsync(host, "tenants", "suspend", name));

        Assert.Equal(0, (await RunAsync(host, "tenants", "resume", name)).Exit);
        Assert.Equal(200, (int)(await browser.GetAsync("")).StatusCode);
        Assert.Equal((1, "", $"There is a tenant {name} already. Choose another name.\n"), await RunAsync(host, "tenants", "create", name));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_feature_is_planned_switched_on_and_off(string database)
    {
        await using var site = await TestSite.StartAsync(database);

        var planned = JsonDocument.Parse((await RunAsync(site.Host, json: true, "features", "enable", site.Name, "Hello", "--plan")).Output);
        Assert.Equal("Hello", planned.RootElement[0].GetProperty("id").GetString());
        Assert.Equal(404, (int)(await site.Browser.GetAsync("hello")).StatusCode);

        Assert.Equal(0, (await RunAsync(site.Host, "features", "enable", site.Name, "Hello")).Exit);
        Assert.Equal(200, (int)(await site.Browser.GetAsync("hello")).StatusCode);

        Assert.Equal(0, (await RunAsync(site.Host, "features", "disable", site.Name, "Hello")).Exit);
        Assert.Equal(404, (int)(await site.Browser.GetAsync("hello")).StatusCode);
        Assert.Equal((1, "", "There is no feature Helo on this host.\n"), await RunAsync(site.Host, "features", "enable", site.Name, "Helo"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task What_stands_still_in_a_tenant_can_be_asked(string database)
    {
        await using var site = await TestSite.StartAsync(database);

        Assert.Equal((0, "No fact is parked.\n", ""), await RunAsync(site.Host, "facts", site.Name));
        Assert.Equal(0, (await RunAsync(site.Host, "jobs", site.Name)).Exit);
        Assert.Equal((1, "", $"Nothing of the id {Guid.Empty} is parked.\n"), await RunAsync(site.Host, "facts", "retry", site.Name, $"{Guid.Empty}"));
        Assert.Equal(0, (await RunAsync(site.Host, "audit", "verify", site.Name)).Exit);
        Assert.Equal((0, $"{site.Name}: up to date\n", ""), await RunAsync(site.Host, "migrate", site.Name));
        Assert.Equal((1, "", "There is no tenant nobody.\n"), await RunAsync(site.Host, "facts", "nobody"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_recipe_is_planned_and_run_and_the_tenant_written_down(string database)
    {
        await using var site = await TestSite.StartAsync(database);

        Assert.Contains("hello", (await RunAsync(site.Host, "recipes")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(site.Host, "recipes", "plan", site.Name, "hello")).Exit);
        Assert.Equal(404, (int)(await site.Browser.GetAsync("hello")).StatusCode);

        Assert.Equal((0, ""), await RunAsync(site.Host, "recipes", "run", site.Name, "hello") is var (exit, _, error) ? (exit, error) : default);
        Assert.Equal(200, (int)(await site.Browser.GetAsync("hello")).StatusCode);
        var written = JsonDocument.Parse((await RunAsync(site.Host, json: true, "recipes", "write", site.Name)).Output);
        Assert.True(written.RootElement.TryGetProperty("steps", out _));
        Assert.Contains("There is no recipe helo. There are: ", (await RunAsync(site.Host, "recipes", "run", site.Name, "helo")).Error, StringComparison.Ordinal);
        Assert.Contains("command line", (await RunAsync(site.Host, "settings", site.Name)).Output, StringComparison.Ordinal);
    }

    private static Task<(int Exit, string Output, string Error)> RunAsync(TestHost host, params string[] words) => RunAsync(host, json: false, words);

    private static async Task<(int Exit, string Output, string Error)> RunAsync(TestHost host, bool json, params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await CommandList.RunAsync(host.Services, new(words, Path.GetTempPath(), json), output, error, NullLogger.Instance, CancellationToken.None);
        return (exit, output.ToString(), error.ToString());
    }
}
