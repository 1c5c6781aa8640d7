using System.Diagnostics;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace ELearning;

/// <summary>What an endpoint answers when it cannot do what was asked: problem+json (RFC 9457).</summary>
/// <param name="Code">Stable, for programs: "seats-full". The title is for people and may be reworded.</param>
public sealed record Problem(int Status, string Code, string Title) : IResult, IStatusCodeHttpResult
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    /// <summary>By field, what is wrong with the input.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Finds the request in the logs. Filled in when it is answered.</summary>
    public string? Ref { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var answer = httpContext.Response;
        answer.StatusCode = Status;
        answer.Headers.CacheControl = "no-store";
        return answer.WriteAsJsonAsync(
            this with { Ref = Reference.Of(httpContext) }, options: null, "application/problem+json", httpContext.RequestAborted);
    }
}

/// <summary>A short number that a person can read out, and that finds the request in the logs.</summary>
internal static class Reference
{
    /// <summary>The start of the trace id, which every line of the log carries.</summary>
    public static string Of(HttpContext http)
    {
        if (http.Items.TryGetValue(typeof(Reference), out var known)) return (string)known!;

        var reference = (Activity.Current?.TraceId ?? ActivityTraceId.CreateRandom()).ToHexString()[..8];
        http.Items[typeof(Reference)] = reference;
        return reference;
    }
}
