using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>The meters as text that Prometheus reads, for this machine only: the names of tenants are in it.</summary>
internal sealed class MetricsPage : IDisposable
{
    private readonly ConcurrentDictionary<string, (double Sum, long Count)> _series = new();
    private readonly MeterListener _listener = new();

    public MetricsPage()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "ELearning") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public string Text()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (name, (sum, count)) in _series.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            var isDuration = name.StartsWith("elearning_requests", StringComparison.Ordinal);
            var (metric, labels) = name.IndexOf('{', StringComparison.Ordinal) is >= 0 and var at ? (name[..at], name[at..]) : (name, "");
            text.Append(CultureInfo.InvariantCulture, $"{metric}{(isDuration ? "_seconds_sum" : "")}{labels} {sum:0.######}\n");
            if (isDuration) text.Append(CultureInfo.InvariantCulture, $"{metric}_seconds_count{labels} {count}\n");
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}=\"{tag.Value}\""));
        _series.AddOrUpdate($"{instrument.Name.Replace('.', '_')}{(labels.Length > 0 ? $"{{{labels}}}" : "")}",
            (value, 1), (_, old) => instrument.IsObservable ? (value, 1) : (old.Sum + value, old.Count + 1));
    }
}

internal static class MetricsPipeline
{
    /// <summary>Before the tenant. Nothing listens until somebody on this machine asks for the first time.</summary>
    public static void UseMetrics(this IApplicationBuilder app)
    {
        var page = new Lazy<MetricsPage>(app.ApplicationServices.GetRequiredService<MetricsPage>);
        app.Use(next => http => http.Request.Path.Value == "/metrics" && Health.IsLocal(http)
            ? http.Response.WriteAsync(page.Value.Text(), http.RequestAborted) : next(http));
    }
}
