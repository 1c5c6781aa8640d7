using System.Net;
using ELearning.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ELearning;

/// <summary>Whether this process lives, and whether it should be sent requests.</summary>
internal sealed class Health(Engine engine, PlatformDb platform, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Health> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(1);

    private (DateTimeOffset At, Task<bool> Answers)? _last;

    public async Task AnswerAsync(HttpContext http)
    {
        var ready = http.Request.Path != "/health/ready" || !lifetime.ApplicationStopping.IsCancellationRequested && await AnswersAsync();
        http.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.CacheControl = "no-store";
        if (IsLocal(http)) await http.Response.WriteAsJsonAsync(Details(ready), http.RequestAborted);
        else await http.Response.WriteAsync(ready ? "ok" : "not ready", http.RequestAborted);
    }

    // Asked by anybody and often: one statement a second at most.
    private Task<bool> AnswersAsync()
    {
        var now = clock.GetUtcNow();
        if (_last is { } last && now - last.At < Remembered) return last.Answers;

        var answers = AskAsync();
        _last = (now, answers);
        return answers;
    }

    private async Task<bool> AskAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            return await platform.Open().FirstAsync<int?>($"SELECT 1", timeout.Token).WaitAsync(timeout.Token) == 1;
        }
        catch (Exception error)
        {
            log.LogWarning(error, "The platform's database does not answer");
            return false;
        }
    }

    private HealthDetails Details(bool ready) => new(
        ready, lifetime.ApplicationStopping.IsCancellationRequested, engine.Name, typeof(Health).Assembly.GetName().Version?.ToString(),
        Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false), (long)(clock.GetUtcNow() - Started).TotalSeconds);

    private DateTimeOffset Started { get; } = clock.GetUtcNow();

    // A proxy on this machine is loopback as well; what it forwards is not.
    internal static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded");

    private sealed record HealthDetails(
        bool Ready, bool Stopping, string Engine, string? Version, long WorkingSet, long Heap, long UptimeSeconds);
}

internal static class HealthPipeline
{
    /// <summary>Before the tenant: these answer for the process, at any host name.</summary>
    public static void UseHealth(this IApplicationBuilder app)
    {
        var health = app.ApplicationServices.GetRequiredService<Health>();
        app.Use(next => http => http.Request.Path.Value is "/health/live" or "/health/ready" ? health.AnswerAsync(http) : next(http));
    }
}
