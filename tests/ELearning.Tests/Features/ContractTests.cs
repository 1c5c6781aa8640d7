using System.Net;
using System.Text.RegularExpressions;
using ELearning.Data;
using ELearning.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning;

/// <summary>What holds for every feature there is and will be: nobody has to remember to test these.</summary>
public sealed partial class ContractTests
{
    public static TheoryData<string, string> Features
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var feature in new FeatureCatalog([.. KernelFeatures.All, .. Modules.All]).All)
                foreach (var database in new[] { "Sqlite", "Postgres" })
                    data.Add(feature.Id, database);
            return data;
        }
    }

    [Theory, MemberData(nameof(Features))]
    public async Task It_starts_alone_with_what_it_depends_on(string id, string database)
    {
        var host = await TestHost.SharedAsync(database);
        if (Find(host, id).Info is { OnWhenAll.Length: > 0 } or { PlatformOnly: true }) return;

        await using var site = await TestSite.StartAsync(host, id);

        foreach (var path in Reachable(host, id).Select(endpoint => endpoint.Path).Distinct())
        {
            var status = (await site.Browser.GetAsync(path)).StatusCode;
            Assert.True((int)status < 500, $"GET {path} answered {(int)status}");
        }
    }

    [Theory, MemberData(nameof(Features))]
    public async Task It_leaves_nothing_reachable_when_it_is_off(string id, string database)
    {
        var host = await TestHost.SharedAsync(database);
        if (Find(host, id).Info.AlwaysOn) return;

        await using var site = await TestSite.StartAsync(host);

        foreach (var (path, _) in Reachable(host, id))
            foreach (var verb in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch })
            {
                using var request = new HttpRequestMessage(verb, path);
                var status = (await site.Browser.SendAsync(request)).StatusCode;
                Assert.True(status == HttpStatusCode.NotFound, $"{verb} {path} answered {(int)status}");
            }
    }

    [Theory, MemberData(nameof(Features))]
    public async Task Its_rows_are_out_of_reach_of_another_tenant(string id, string database)
    {
        var host = await TestHost.SharedAsync(database);
        var tables = Find(host, id).Declared.Tables;
        if (tables.Count == 0 || Find(host, id).Info.PlatformOnly) return;

        await using var mine = await TestSite.StartAsync(host, id);
        await using var other = await TestSite.StartAsync(host, id);
        foreach (var table in tables)
        {
            // By its own name a tenant reaches its own table; by any name of the other's, none.
            await other.QueryAsync<long?>(Sql.Trusted($"SELECT COUNT(*) FROM {table.Name}"));
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => other.QueryAsync<long?>(Sql.Trusted($"SELECT COUNT(*) FROM {PostgresNames.Schema(mine.Tenant.Key)}.{table.Name}")));
        }
    }

    [Theory, MemberData(nameof(Features))]
    public async Task It_declares_in_words_what_an_administrator_will_see(string id, string database)
    {
        var feature = Find(await TestHost.SharedAsync(database), id);

        Assert.All(new[] { feature.Info.Name, feature.Info.Category, feature.Info.Description }, text => Assert.False(string.IsNullOrWhiteSpace(text)));
        Assert.All(feature.Declared.Permissions, permission =>
        {
            Assert.Matches("^[a-z]+(-[a-z]+)*\\.[a-z.-]+$", permission.Id);
            Assert.False(string.IsNullOrWhiteSpace(permission.Text));
        });
        Assert.All(feature.Declared.Tables, table => Assert.True(table.Person is not null || table.Personal.Length == 0,
            $"{table.Name} has personal columns and names no person"));
    }

    private static Feature Find(TestHost host, string id) => host.Services.GetRequiredService<FeatureCatalog>().Find(id)!;

    // Route values become something of their kind: that nothing has that id is no matter where nothing may answer.
    private static List<(string Path, string Method)> Reachable(TestHost host, string id) =>
        [.. from endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            where endpoint.Metadata.GetMetadata<FeatureMetadata>()?.Id == id
            from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
            select ("/" + RouteValue().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), m => m.Value.Contains(":int") ? "1" : Guid.Empty.ToString()), method)];

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex RouteValue();
}
