using ELearning.Shells;
using Xunit;

namespace ELearning;

public sealed class TenantTableTests
{
    private readonly TenantTable _table = new(new KernelOptions());

    public TenantTableTests()
    {
        Put("Default");
        Put("Academy", hosts: ["academy.localhost"], prefix: "academy");
        Put("Studio", prefix: "studio");
    }

    [Theory]
    [InlineData("academy.localhost", "/anything", "Academy", "")]
    [InlineData("ACADEMY.localhost", "/", "Academy", "")]
    // An exact host wins: all its paths are that tenant's, also one that looks like another's prefix.
    [InlineData("academy.localhost", "/studio/x", "Academy", "")]
    [InlineData("localhost", "/studio", "Studio", "/studio")]
    [InlineData("localhost", "/Studio/hello", "Studio", "/Studio")]
    [InlineData("127.0.0.1", "/studio/", "Studio", "/studio")]
    [InlineData("localhost", "/studios", "Default", "")]
    [InlineData("localhost", "/", "Default", "")]
    [InlineData("localhost", "", "Default", "")]
    public void A_tenant_is_found_by_host_or_first_segment(string host, string path, string name, string prefix)
    {
        var slot = _table.Match(host, path, out var found);

        Assert.Equal(name, slot?.Tenant.Name);
        Assert.Equal(prefix, found.Value ?? "");
    }

    [Theory, InlineData("elsewhere.example", "/"), InlineData("elsewhere.example", "/studio"), InlineData("sub.academy.localhost", "/")]
    public void An_unknown_host_finds_nothing_and_knows_no_prefixes(string host, string path) =>
        Assert.Null(_table.Match(host, path, out _));

    [Fact]
    public void An_unknown_host_is_the_platforms_when_the_setting_says_so()
    {
        var table = new TenantTable(new KernelOptions { UnknownHosts = UnknownHosts.Platform });
        table.Put(Row("Default"));

        Assert.Equal("Default", table.Match("elsewhere.example", "/", out _)?.Tenant.Name);
    }

    [Fact]
    public void A_tenant_that_moves_is_found_at_its_new_address_only()
    {
        Put("Academy", hosts: ["college.localhost"], prefix: "college");

        Assert.Null(_table.Match("academy.localhost", "/", out _));
        Assert.Equal("Default", _table.Match("localhost", "/academy", out _)?.Tenant.Name);
        Assert.Equal("Academy", _table.Match("college.localhost", "/", out _)?.Tenant.Name);
        Assert.Equal("Academy", _table.Match("localhost", "/college", out _)?.Tenant.Name);
    }

    [Fact]
    public void A_removed_tenant_leaves_nothing_behind()
    {
        _table.Put(Row("Academy", ["academy.localhost"], "academy") with { State = TenantState.Removed });

        Assert.Null(_table.Match("academy.localhost", "/", out _));
        Assert.Equal("Default", _table.Match("localhost", "/academy", out _)?.Tenant.Name);
        Assert.Null(_table.Find("Academy"));
    }

    private void Put(string name, string[]? hosts = null, string? prefix = null) => _table.Put(Row(name, hosts, prefix));

    private static Tenant Row(string name, string[]? hosts = null, string? prefix = null) =>
        new(Guid.NewGuid(), name, name.ToLowerInvariant(), name, TenantState.Running, null, hosts ?? [], prefix, [], "Base", "UTC", "en", 1, 1);
}
