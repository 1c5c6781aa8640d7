using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ELearning;

/// <summary>What one route has cost since the start of this process.</summary>
/// <param name="Statements">On average, and at most, in one request.</param>
/// <param name="P95">Of the latest requests, in milliseconds.</param>
public sealed record RouteFigure(string Route, long Requests, long Failed, double Statements, int MostStatements, double StatementMs, double P50, double P95);

/// <summary>Counts statements and time by route, in memory and bounded: as many routes as there are, the last 256 times of each.</summary>
internal sealed class RouteFigures
{
    private readonly ConcurrentDictionary<string, Window> _routes = new();

    public IReadOnlyList<RouteFigure> All() => [.. _routes.Select(route => route.Value.Read(route.Key)).OrderByDescending(figure => figure.P95).ThenBy(figure => figure.Route)];

    public void Add(HttpContext http, TimeSpan elapsed, StatementMeter? meter, bool failed)
    {
        // The pattern, never the path: there are a few hundred of the one and no end of the other.
        if (http.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } pattern }) return;

        _routes.GetOrAdd($"{http.Request.Method} /{pattern.TrimStart('/')}", _ => new())
            .Add(elapsed.TotalMilliseconds, meter?.Count ?? 0, meter?.Elapsed.TotalMilliseconds ?? 0, failed);
    }

    private sealed class Window
    {
        private readonly Lock _gate = new();
        private readonly float[] _times = new float[256];
        private long _requests, _failed, _statements;
        private double _statementMs;
        private int _most;

        public void Add(double ms, int statements, double statementMs, bool failed)
        {
            lock (_gate)
            {
                _times[_requests++ % _times.Length] = (float)ms;
                _statements += statements;
                _statementMs += statementMs;
                _most = Math.Max(_most, statements);
                if (failed) _failed++;
            }
        }

        public RouteFigure Read(string route)
        {
            lock (_gate)
            {
                var count = Math.Max(1, _requests);
                var times = _times.Take((int)Math.Min(count, _times.Length)).Order().ToArray();
                return new(route, _requests, _failed, Rounded(_statements / (double)count), _most,
                    Rounded(_statementMs / count), At(times, 50), At(times, 95));
            }
        }

        private static double At(float[] sorted, int percent) => Rounded(sorted[(int)Math.Ceiling(sorted.Length * percent / 100.0) - 1]);

        private static double Rounded(double value) => Math.Round(value, 2);
    }
}

internal static class RouteFiguresPipeline
{
    /// <summary>Right after the tenant, whose scope counts the statements. In development browsers are told by Server-Timing; outside it, times tell strangers what exists.</summary>
    public static void UseRouteFigures(this IApplicationBuilder app)
    {
        var figures = app.ApplicationServices.GetRequiredService<RouteFigures>();
        var isDevelopment = app.ApplicationServices.GetRequiredService<IHostEnvironment>().IsDevelopment();
        app.Use(async (http, next) =>
        {
            var start = Stopwatch.GetTimestamp();
            var meter = http.RequestServices.GetService<StatementMeter>();
            if (isDevelopment) http.Response.OnStarting(() => TellAsync(http, Stopwatch.GetElapsedTime(start), meter));

            var failed = true;
            try
            {
                await next(http);
                failed = http.Response.StatusCode >= 500;
            }
            finally
            {
                var elapsed = Stopwatch.GetElapsedTime(start);
                figures.Add(http, elapsed, meter, failed);
                Meters.Request(http.RequestServices.GetService<Tenant>()?.Name ?? "", elapsed.TotalSeconds, meter?.Count ?? 0, meter?.Elapsed.TotalSeconds ?? 0, failed);
            }
        });
    }

    private static Task TellAsync(HttpContext http, TimeSpan elapsed, StatementMeter? meter)
    {
        http.Response.Headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture,
            $"total;dur={elapsed.TotalMilliseconds:0.0}, db;dur={meter?.Elapsed.TotalMilliseconds ?? 0:0.0};desc=\"{meter?.Count ?? 0} statements\"");
        return Task.CompletedTask;
    }
}
