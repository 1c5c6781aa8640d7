using ELearning.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ELearning;

/// <summary>What whoever runs a host relies on: logs, health, limits, figures, and an orderly end.</summary>
internal static class KernelOperations
{
    public static void AddOperations(this WebApplicationBuilder builder, KernelOptions options)
    {
        var host = builder.Services;
        host.AddSingleton<Health>();
        host.AddSingleton<RateLimits>();
        host.AddSingleton<RouteFigures>();
        host.AddSingleton<MetricsPage>();
        host.AddScoped<StatementMeter>();
        host.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Limits.Body;
        });
        // Requests that have begun may finish. Jobs do not wait for them: other hosts are to have those at once.
        host.Configure<HostOptions>(process =>
        {
            process.ShutdownTimeout = options.Grace;
            process.ServicesStopConcurrently = true;
        });
        AddLogs(builder.Logging, readable: options.Demo || builder.Environment.IsDevelopment());
    }

    /// <param name="readable">A line a person reads, instead of an object that a program does.</param>
    public static void AddLogs(ILoggingBuilder logging, bool readable)
    {
        logging.ClearProviders();
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId);
        if (readable)
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            });
        }
        else
        {
            logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        // The framework's two lines a request tell nothing that the figures by route do not.
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // It warns when there is no wwwroot yet.
        logging.AddFilter("Microsoft.AspNetCore.StaticFiles", LogLevel.Error);
    }
}
