using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ELearning.Security;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Tests;

public sealed class ShowJobOnSqlite() : ShowJobTests("Sqlite");

public sealed class ShowJobOnPostgres() : ShowJobTests("Postgres");

public abstract class ShowJobTests(string database) : IAsyncLifetime
{
    private TestSite _site = null!; // made before each test
    private Guid _ann;
    private Guid _job;

    public async Task InitializeAsync()
    {
        _site = await TestSite.StartAsync(database, "TestAccounts");
        _ann = await _site.PersonAsync("Ann");
        // Nothing happens to it before tomorrow.
        _job = await _site.RunAsync(services => services.GetRequiredService<Jobs>().EnqueueAsync(Backfill.Name, dueAt: DateTimeOffset.UtcNow.AddDays(1), requestedBy: _ann));
    }

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task Whoever_asked_for_a_job_polls_it_and_is_told_only_of_changes()
    {
        await _site.Browser.SignInAsync(_ann);
        var first = await AskAsync();
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var shown = await first.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((_job, 0), (shown.GetProperty("id").GetGuid(), shown.GetProperty("percent").GetInt32()));
        Assert.False(shown.TryGetProperty("error", out _));

        var same = await AskAsync(first.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Equal("", await same.Content.ReadAsStringAsync());

        Assert.True(await _site.RunAsync(services => services.GetRequiredService<Jobs>().CancelAsync(_job)));
        var changed = await AskAsync(first.Headers.ETag.ToString());
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(first.Headers.ETag, changed.Headers.ETag);
    }

    [Fact]
    public async Task Somebody_elses_job_is_not_there_except_for_whoever_may_read_jobs()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync()).StatusCode);
        var ben = await _site.PersonAsync("Ben");
        await _site.Browser.SignInAsync(ben);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync()).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync("\"0\"")).StatusCode);

        await _site.RunAsync(async services =>
        {
            var roles = services.GetRequiredService<Roles>();
            var helper = await roles.AddAsync("Helper", "", [ShowJob.Permission], default);
            await roles.AssignAsync(ben, helper!.Value, Scope.Tenant, default);
        });

        Assert.Equal(HttpStatusCode.OK, (await AskAsync()).StatusCode);
    }

    [Fact]
    public async Task A_job_that_was_never_asked_for_is_not_there()
    {
        await _site.Browser.SignInAsync(_ann);
        Assert.Equal(HttpStatusCode.NotFound, (await _site.Browser.GetAsync($"/jobs/{Guid.NewGuid()}")).StatusCode);
    }

    private Task<HttpResponseMessage> AskAsync(string? tag = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{_job}");
        if (tag is not null) request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        return _site.Browser.SendAsync(request);
    }
}
