using System.Globalization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Hostile;

/// <summary>Everything a host answers to, as its endpoint table has it: what a new module brings is asked without being named here.</summary>
internal sealed record Route(string Method, RoutePattern Pattern, RouteEndpoint Endpoint)
{
    public bool IsPage => Endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null;

    public bool ChangesSomething => Method is not ("GET" or "HEAD" or "OPTIONS");

    public bool HasParameters => Pattern.Parameters.Count > 0;

    public static List<Route> All(TestHost host) =>
    [
        .. host.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(endpoint => Methods(endpoint).Select(method => new Route(method, endpoint.RoutePattern, endpoint)))
            .DistinctBy(route => $"{route.Method} {route.Pattern.RawText}"),
    ];

    /// <summary>The address with this value for each of its parameters.</summary>
    public string Address(string value) => "/" + string.Join('/', Pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => Value(parameter, value),
        _ => throw new NotSupportedException(part.ToString()),
    }))));

    public override string ToString() => $"{Method} /{Pattern.RawText}";

    // A page without a list of verbs takes a form as well as a look.
    private static IEnumerable<string> Methods(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } named ? named : ["GET", "POST"];

    private static string Value(RoutePatternParameterPart parameter, string value)
    {
        var kinds = parameter.ParameterPolicies.Select(policy => policy.Content).OfType<string>().ToList();
        if (kinds.Contains("int") || kinds.Contains("long")) return "1";
        if (kinds.Contains("guid") && !Guid.TryParse(value, CultureInfo.InvariantCulture, out _)) return Guid.Empty.ToString();
        return Uri.EscapeDataString(value);
    }
}
