using System.Net;

namespace ELearning;

/// <summary>How this host was started.</summary>
public sealed record KernelOptions
{
    /// <summary>The embedded databases, media, keys and the socket of the command line.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>A connection to PostgreSQL; SQLite in the data folder when null.</summary>
    public string? Postgres { get; init; }

    public string Listen { get; init; } = "http://127.0.0.1:5000";

    /// <summary>Where the platform itself answers, and where tenants are found by the first segment of the path.</summary>
    public string[] PlatformHosts { get; init; } = ["localhost", "127.0.0.1", "[::1]"];

    public UnknownHosts UnknownHosts { get; init; } = UnknownHosts.NotFound;

    /// <summary>Whose word is taken for the address, scheme and host that a visitor used. Nobody else's.</summary>
    public IReadOnlyList<IPAddress> Proxies { get; init; } = [];

    /// <summary>Bound to loopback, with tenants to look at and a ribbon on every page that says so.</summary>
    public bool Demo { get; init; }

    /// <summary>Sets the platform's own site up at the first start: its desk and an administrator. None in most tests.</summary>
    public string? PlatformRecipe { get; init; }

    /// <summary>Makes one tenant of this recipe instead of the demo's.</summary>
    public string? Recipe { get; init; }

    public string RecipesFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "recipes");

    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>How long requests and jobs of a replaced shell may still run.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What a host name that no tenant has is answered with.</summary>
public enum UnknownHosts { NotFound, Platform }
