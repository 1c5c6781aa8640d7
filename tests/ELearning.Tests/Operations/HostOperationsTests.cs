using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Operations;

/// <summary>What the whole host tells whoever runs it.</summary>
public sealed class HostOperationsTests
{
    public static TheoryData<string> Databases => new("Sqlite", "Postgres");

    [Theory, MemberData(nameof(Databases))]
    public async Task A_host_is_ready_when_its_database_answers_and_tells_strangers_no_more(string database)
    {
        var host = await TestHost.SharedAsync(database);
        using var browser = host.Browser("nobody.example");

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/health/live")).StatusCode);
        var ready = await browser.GetFromJsonAsync<JsonElement>("/health/ready");
        Assert.True(ready.GetProperty("ready").GetBoolean());
        Assert.StartsWith(database == "Sqlite" ? "SQLite" : "PostgreSQL", ready.GetProperty("engine").GetString(), StringComparison.Ordinal);

        browser.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        Assert.Equal("ok", await browser.GetStringAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/metrics")).StatusCode);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Requests_and_statements_are_counted_by_route_and_by_tenant(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");
        await site.Browser.GetStringAsync("/metrics");
        await site.Browser.GetStringAsync("/hello");

        var figure = site.Host.Services.GetRequiredService<RouteFigures>().All().Single(f => f.Route == "GET /hello");
        Assert.InRange(figure.MostStatements, 1, 20);
        Assert.True(figure.P95 > 0);
        var metrics = await site.Browser.GetStringAsync("/metrics");
        Assert.Contains($"elearning_requests_seconds_count{{tenant=\"{site.Name}\",outcome=\"done\"}} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"elearning_statements{{tenant=\"{site.Name}\"}}", metrics, StringComparison.Ordinal);
        Assert.Matches("elearning_shells [1-9]", metrics);
    }
}
