using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using ELearning.Shells;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>How often one visitor may ask for something. Routes that name no group are not limited.</summary>
public enum RateGroup
{
    /// <summary>Guessing: passwords, codes, keys. Counted by address, since a guesser has no session to lose.</summary>
    SignIn,

    /// <summary>What sends mail or messages to others.</summary>
    Mail,

    /// <summary>What keeps a processor busy: exports, searches over everything, recipes.</summary>
    Costly,

    /// <summary>Programs that ask on somebody's behalf.</summary>
    Api,
}

/// <summary>Says on a page's model, or by <c>.Limit</c> on an endpoint, which limit applies.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class LimitAttribute(RateGroup group) : Attribute
{
    public RateGroup Group => group;
}

public static class Limits
{
    /// <summary>What a body may be where nothing else is said.</summary>
    public const long Body = 1024 * 1024;

    public static TBuilder Limit<TBuilder>(this TBuilder endpoint, RateGroup group) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new LimitAttribute(group));

    /// <summary>More, or less, than <see cref="Body"/>. Pages say it by <see cref="RequestSizeLimitAttribute"/>.</summary>
    public static TBuilder LimitBody<TBuilder>(this TBuilder endpoint, long bytes) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new RequestSizeLimitAttribute(bytes));

    /// <summary>The network address that something is counted by. Whoever has one address in IPv6 has a whole /64 of them.</summary>
    public static string Who(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress([.. address.GetAddressBytes().Take(8), 0, 0, 0, 0, 0, 0, 0, 0]).ToString()
            : address.ToString();
    }
}

/// <summary>One limiter for the process; its key says which tenant, so nobody can use up another tenant's share.</summary>
internal sealed class RateLimits : IAsyncDisposable
{
    private readonly PartitionedRateLimiter<(RateGroup Group, string Tenant, string Who)> _limiter =
        PartitionedRateLimiter.Create<(RateGroup Group, string Tenant, string Who), (RateGroup, string, string)>(key =>
            RateLimitPartition.GetSlidingWindowLimiter(key, _ => new()
            {
                PermitLimit = PerMinute(key.Group),
                Window = TimeSpan.FromMinutes(1),
                SegmentsPerWindow = 6,
            }));

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<LimitAttribute>() is { } limit && !IsLook(http))
        {
            using var lease = _limiter.AttemptAcquire((limit.Group, (http.RequestServices.GetService(typeof(Tenant)) as Tenant)?.Key ?? "", Limits.Who(http)));
            if (!lease.IsAcquired)
            {
                http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                http.Response.Headers.RetryAfter = "10";
                return;
            }
        }

        await next(http);
    }

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();

    private static int PerMinute(RateGroup group) => group switch
    {
        // A class behind one address signs in within a minute; what guessing costs grows with each failure besides.
        RateGroup.SignIn => 60,
        RateGroup.Mail => 20,
        RateGroup.Costly => 30,
        _ => 600,
    };

    // To look at a form is no try; what counts is sending it.
    private static bool IsLook(HttpContext http) => HttpMethods.IsGet(http.Request.Method) && http.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null;
}

internal static class RateLimitsPipeline
{
    /// <summary>After routing and the tenant, before the endpoint.</summary>
    public static void UseRateLimits(this IApplicationBuilder app)
    {
        var limits = app.ApplicationServices.GetRequiredService<RateLimits>();
        app.Use(limits.InvokeAsync);
    }
}
