using ELearning.Data;
using ELearning.Shells;
using Microsoft.AspNetCore.Http;

namespace ELearning.Mail;

/// <summary>
/// The address of this site as links in letters have it. A request tells it; a job, which has none, takes scheme and
/// port from the last request that sent a letter, and without any from where this host listens.
/// </summary>
public sealed class SiteAddress
{
    private readonly Db _db;
    private readonly Tenant _tenant;
    private readonly KernelOptions _options;
    private readonly IHttpContextAccessor _http;
    private readonly LastAddress _last;

    internal SiteAddress(Db db, Tenant tenant, KernelOptions options, IHttpContextAccessor http, LastAddress last) =>
        (_db, _tenant, _options, _http, _last) = (db, tenant, options, http, last);

    /// <returns>Without a slash at its end.</returns>
    public async Task<string> FindAsync(CancellationToken ct)
    {
        if (_http.HttpContext?.Request is not { } request) return At(await LastAsync(ct));

        // Whoever asks for a new password on behalf of somebody else must not choose where the letter's link leads: of what
        // the request says of its host, only what this site is known by counts.
        var known = new Place(request.Scheme, Port(request));
        await RememberAsync(known, ct);
        return _tenant.Hosts.Concat(_options.PlatformHosts).Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase)
            ? $"{known.Scheme}://{request.Host.Host}{known.Suffix}{request.PathBase.ToUriComponent()}" : At(known);
    }

    private string At(Place place) => _tenant.Hosts is [var host, ..] ? $"{place.Scheme}://{host}{place.Suffix}"
        : $"{place.Scheme}://{_options.PlatformHosts[0]}{place.Suffix}{(_tenant.Prefix is { } prefix ? "/" + prefix : "")}";

    // In the demo, which strangers do not reach, a container may publish its port under any other.
    private int Port(HttpRequest request)
    {
        var usual = request.IsHttps ? 443 : 80;
        var said = request.Host.Port ?? usual;
        return said == usual || said == request.HttpContext.Connection.LocalPort || _options.Demo ? said : usual;
    }

    private async Task RememberAsync(Place place, CancellationToken ct)
    {
        if (_last.Place == place) return;
        await _db.ExecuteAsync($"""
            INSERT INTO letter_address (id, scheme, port) VALUES (1, {place.Scheme}, {place.Port})
            ON CONFLICT (id) DO UPDATE SET scheme = excluded.scheme, port = excluded.port
            """, ct);
        _last.Place = place;
    }

    private async Task<Place> LastAsync(CancellationToken ct)
    {
        if (_last.Place is { } known) return known;
        if (await _db.FirstAsync<Place>($"SELECT scheme, port FROM letter_address WHERE id = 1", ct) is { } last) return last;
        var listen = new Uri(_options.Listen.Split(';')[0].Replace("*", "localhost", StringComparison.Ordinal).Replace("+", "localhost", StringComparison.Ordinal));
        return new(listen.Scheme, listen.Port);
    }

    internal sealed record Place(string Scheme, int Port)
    {
        public string Suffix => (Scheme, Port) is ("http", 80) or ("https", 443) ? "" : $":{Port}";
    }
}

/// <summary>What this host has written last, so that a letter costs no statement to say the same again.</summary>
internal sealed class LastAddress
{
    public SiteAddress.Place? Place { get; set; }
}
