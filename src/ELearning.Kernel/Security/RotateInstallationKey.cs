namespace ELearning.Security;

/// <summary>
/// Replaces the installation's key. First the new key stands beside the old one, then every wrapped row is wrapped anew,
/// then the old key goes; killed anywhere, everything opens, and the next start goes on. One caller at a time.
/// </summary>
internal sealed class RotateInstallationKey(PlatformDb platform, InstallationKey installation)
{
    /// <summary>How many rows were wrapped anew.</summary>
    public Task<int> RunAsync(CancellationToken ct) => RunAsync(_ => { }, ct);

    /// <summary>At every start: ends a rotation that was cut short, or one that <c>ELEARNING_KEY=new,old</c> asks for.</summary>
    public Task<int> FinishAsync(CancellationToken ct) => FinishAsync(_ => { }, ct);

    /// <param name="reached">Called after each step; tests die there.</param>
    internal async Task<int> RunAsync(Action<string> reached, CancellationToken ct)
    {
        if (!installation.IsFile)
            throw new InvalidOperationException(
                $"The key comes from {InstallationKey.Variable}: set it to \"new,old\", restart, and then to \"new\".");

        installation.AddNew();
        reached("key added");
        return await FinishAsync(reached, ct);
    }

    internal async Task<int> FinishAsync(Action<string> reached, CancellationToken ct)
    {
        var current = installation.Current.Id;
        var tenantKeys = await platform.Open().ListAsync<TenantKey>(
            $"SELECT id, tenant, wrapped FROM tenant_keys WHERE wrapped_by <> {current} ORDER BY id", ct);
        foreach (var (id, tenant, wrapped) in tenantKeys)
        {
            var about = TenantKeys.About(tenant);
            var anew = installation.Seal(installation.Open(wrapped, about), about);
            await platform.Open().ExecuteAsync(
                $"UPDATE tenant_keys SET wrapped = {anew}, wrapped_by = {SealingKey.KeyOf(anew)} WHERE id = {id}", ct);
            reached("tenant key wrapped");
        }

        var ringKeys = await platform.Open().ListAsync<RingKey>(
            $"SELECT id, xml FROM data_protection_keys WHERE wrapped_by <> '' AND wrapped_by <> {current} ORDER BY id", ct);
        foreach (var (id, xml) in ringKeys)
        {
            var (anew, by) = PlatformKeyRing.Rewrap(xml, installation);
            await platform.Open().ExecuteAsync($"UPDATE data_protection_keys SET xml = {anew}, wrapped_by = {by} WHERE id = {id}", ct);
            reached("ring key wrapped");
        }

        if (installation.IsRotating) installation.DropOld();
        return tenantKeys.Count + ringKeys.Count;
    }

    private sealed record TenantKey(string Id, string Tenant, string Wrapped);

    private sealed record RingKey(string Id, string Xml);
}
