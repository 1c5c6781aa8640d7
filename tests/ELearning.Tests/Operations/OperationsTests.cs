using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ELearning.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ELearning.Operations;

/// <summary>The parts of the pipeline that need no tenant, on a real port.</summary>
public sealed class OperationsTests
{
    [Fact]
    public async Task An_endpoint_that_throws_answers_problem_json_without_a_trace()
    {
        await using var site = await StartAsync();

        using var answer = await site.Client.GetAsync("/throws");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("failed", problem.GetProperty("code").GetString());
        Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains(site.Log, line => line.Contains(problem.GetProperty("ref").GetString()!, StringComparison.Ordinal) && line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_that_throws_answers_a_page_with_the_reference_whatever_is_accepted()
    {
        await using var site = await StartAsync();
        site.Client.DefaultRequestHeaders.Add("Accept", "application/json");

        using var answer = await site.Client.GetAsync("/page");
        var html = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Reference: <code>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_development_the_answer_says_what_went_wrong()
    {
        await using var site = await StartAsync("Development");

        Assert.Contains("&lt;secret&gt;", await (await site.Client.GetAsync("/page")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("secret", await (await site.Client.GetAsync("/throws")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_a_page_and_under_api_a_problem()
    {
        await using var site = await StartAsync();

        Assert.Contains("There is nothing here", await (await site.Client.GetAsync("/nowhere")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var problem = await (await site.Client.GetAsync("/api/nowhere")).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("not-found", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_problem_of_an_endpoint_has_its_code_its_fields_and_a_reference()
    {
        await using var site = await StartAsync();

        using var answer = await site.Client.GetAsync("/full");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("seats-full", problem.GetProperty("code").GetString());
        Assert.Equal("Choose another.", problem.GetProperty("errors").GetProperty("course")[0].GetString());
        Assert.Equal(8, problem.GetProperty("ref").GetString()!.Length);
        Assert.False(problem.TryGetProperty("detail", out _));
    }

    [Fact]
    public async Task Guessing_is_slowed_down_and_other_routes_are_not()
    {
        await using var site = await StartAsync();

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 62; i++) statuses.Add((await site.Client.GetAsync("/sign-in")).StatusCode);

        Assert.Equal(Enumerable.Repeat(HttpStatusCode.OK, 60).Concat(Enumerable.Repeat(HttpStatusCode.TooManyRequests, 2)), statuses);
        Assert.Equal(HttpStatusCode.OK, (await site.Client.GetAsync("/mail")).StatusCode);
        var refused = await site.Client.GetAsync("/sign-in");
        Assert.Equal("too-many", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_body_is_a_megabyte_unless_the_endpoint_says_more()
    {
        await using var site = await StartAsync();
        var large = new byte[Limits.Body + 1];

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await site.Client.PostAsync("/small", new ByteArrayContent(large))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await site.Client.PostAsync("/large", new ByteArrayContent(large))).StatusCode);
    }

    [Fact]
    public async Task Figures_count_by_route_and_not_by_path()
    {
        await using var site = await StartAsync("Development");

        using var first = await site.Client.GetAsync("/courses/algebra");
        await site.Client.GetAsync("/courses/geometry");
        await site.Client.GetAsync("/throws");

        Assert.Contains("2 statements", first.Headers.GetValues("Server-Timing").Single(), StringComparison.Ordinal);
        var figures = site.Services.GetRequiredService<RouteFigures>().All();
        var courses = figures.Single(f => f.Route == "GET /courses/{slug}");
        Assert.Equal((2, 0, 2.0, 2), (courses.Requests, courses.Failed, courses.Statements, courses.MostStatements));
        Assert.Equal(1, figures.Single(f => f.Route == "GET /throws").Failed);
    }

    [Fact]
    public async Task Times_are_nobody_elses_business_in_production()
    {
        await using var site = await StartAsync();

        Assert.False((await site.Client.GetAsync("/courses/algebra")).Headers.Contains("Server-Timing"));
    }

    private static async Task<Site> StartAsync(string environment = "Production")
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.UseKestrelCore();
        builder.AddOperations(new());
        builder.Services.Remove(builder.Services.Single(d => d.ServiceType == typeof(Health)));
        var log = new Lines();
        builder.Logging.ClearProviders().AddProvider(log);

        var app = builder.Build();
        app.UseErrors();
        app.UseRouteFigures();
        app.UseRouting();
        app.UseRateLimits();
        app.MapGet("/throws", string () => throw new InvalidOperationException("<secret>"));
        app.MapGet("/page", string () => throw new InvalidOperationException("<secret>")).WithMetadata(new PageActionDescriptor());
        app.MapGet("/full", () => new Problem(409, "seats-full", "All seats are taken.") { Errors = new Dictionary<string, string[]> { ["course"] = ["Choose another."] } });
        app.MapGet("/sign-in", () => "ok").Limit(RateGroup.SignIn);
        app.MapGet("/mail", () => "ok").Limit(RateGroup.Mail);
        app.MapPost("/small", ReadAsync);
        app.MapPost("/large", ReadAsync).LimitBody(2 * Limits.Body);
        app.MapGet("/courses/{slug}", (StatementMeter meter, string slug) =>
        {
            meter.Add("SELECT 1", TimeSpan.FromMilliseconds(1));
            meter.Add("SELECT 2", TimeSpan.FromMilliseconds(1));
            return slug;
        });
        await app.StartAsync();
        return new(app, log.All, new() { BaseAddress = new Uri(app.Urls.First()) });

        static async Task<string> ReadAsync(HttpRequest request)
        {
            await request.Body.CopyToAsync(Stream.Null);
            return "read";
        }
    }

    private sealed record Site(WebApplication App, IReadOnlyCollection<string> Log, HttpClient Client) : IAsyncDisposable
    {
        public IServiceProvider Services => App.Services;

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            await App.DisposeAsync();
        }
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> All => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose() { }
    }
}
