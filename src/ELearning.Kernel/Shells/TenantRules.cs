namespace ELearning.Shells;

/// <summary>What a tenant may be called and where it may answer: the same rules while somebody types and when the form is sent.</summary>
internal sealed class TenantRules(Tenants tenants, FeatureCatalog catalog)
{
    public const int LongestTitle = 200;

    // What the host itself answers under; a tenant of that prefix could never be reached, or would hide it.
    private static readonly HashSet<string> Reserved = new(["_content", "health", "api", "lti", "p", "c"], StringComparer.OrdinalIgnoreCase);

    public static Refusal? Title(string title) =>
        string.IsNullOrWhiteSpace(title) ? new("Write the name that people will read.")
        : title.Length > LongestTitle ? new("Shorten the name to at most {0} characters.", LongestTitle) : null;

    /// <summary>Of a tenant to be.</summary>
    public async Task<Refusal?> NameAsync(string name, CancellationToken ct) =>
        !Tenant.IsName(name) ? new("{0} is no name for a tenant. Use up to 40 letters, digits and hyphens, a letter first.", name)
        : await tenants.FindAsync(name, ct) is not null ? new("There is a tenant {0} already. Choose another name.", name) : null;

    /// <param name="self">The tenant that may have this address already: its own name.</param>
    public async Task<Refusal?> AddressAsync(string[] hosts, string? prefix, string? self, CancellationToken ct)
    {
        if (prefix is not null)
        {
            if (Reserved.Contains(prefix) || catalog.FirstSegments.Contains(prefix)) return new("The prefix {0} is an address of the platform's own. Choose another.", prefix);
            if (!Tenant.IsName(prefix)) return new("{0} is no prefix. Use up to 40 letters, digits and hyphens, a letter first.", prefix);
        }
        if (hosts.FirstOrDefault(host => Uri.CheckHostName(host) == UriHostNameType.Unknown) is { } odd)
            return new("{0} is no host name. Write it without http:// and without a port.", odd);
        return await tenants.AtAddressAsync(hosts, prefix, self, ct) is { } taken
            ? new("The tenant {0} has that address already. Choose another host or prefix.", taken) : null;
    }
}
