using ELearning.Shells;
using Microsoft.AspNetCore.Http;

namespace ELearning.Platform;

/// <summary>Where tenants answer, as seen from the address at which the site admin is: the scheme and the port are the same.</summary>
internal sealed class Addresses(IHttpContextAccessor http)
{
    public string Of(string[] hosts, string? prefix)
    {
        var request = http.HttpContext!.Request;
        if (hosts is [var host, ..]) return $"{request.Scheme}://{(request.Host.Port is { } port ? $"{host}:{port}" : host)}/";
        return $"{request.Scheme}://{request.Host}/{(prefix is null ? "" : prefix + "/")}";
    }

    public string Of(Tenant tenant) => Of(tenant.Hosts, tenant.Prefix);

    /// <summary>Without scheme, as lists show it.</summary>
    public string Short(TenantRow row)
    {
        var address = Of(row.Hosts, row.Prefix);
        return address[(address.IndexOf("//", StringComparison.Ordinal) + 2)..].TrimEnd('/');
    }
}
