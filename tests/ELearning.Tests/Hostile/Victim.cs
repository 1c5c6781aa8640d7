using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using ELearning.Data;
using ELearning.Keeping;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Hostile;

/// <summary>A tenant with all features on and somebody in it who may do everything, at a host name or under a prefix.</summary>
internal sealed partial class Victim(TestHost host, string name, Uri address) : IDisposable
{
    /// <summary>In all that this tenant's people wrote, so that it is known wherever it turns up.</summary>
    public string Marker { get; } = $"Zanzibar{Guid.NewGuid().ToString("N")[..8]}";

    public HttpClient Browser { get; } = host.Browser(address.Host, address.AbsolutePath);

    public Tenant Tenant => host.Shells.Table.Find(name)!.Tenant;

    public Guid Person { get; private set; }

    /// <summary>Name and value of each cookie that the signed-in browser has here.</summary>
    public List<(string Name, string Value)> Cookies { get; } = [];

    /// <summary>Goes into forms of the signed-in browser.</summary>
    public string FormToken { get; private set; } = "";

    public static async Task<Victim> StartAsync(TestHost host, bool byPrefix)
    {
        var name = $"v{Guid.NewGuid().ToString("N")[..10]}";
        var features = Modules.All.Where(feature => !feature.Info.PlatformOnly && feature.Info.OnWhenAll.Length == 0).Select(feature => feature.Info.Id).Append("TestAccounts").ToArray();
        var made = await host.Services.GetRequiredService<CreateTenant>().RunAsync(
            new(name, "A site") { Hosts = byPrefix ? [] : [$"{name}.localhost"], Prefix = byPrefix ? name : null, Features = features }, default);
        if (made.Refusal is { } why) throw new InvalidOperationException(why);

        var victim = new Victim(host, name, new(byPrefix ? $"http://localhost/{name}/" : $"http://{name}.localhost/"));
        await victim.FillAsync();
        await victim.SignInAsync();
        return victim;
    }

    public async Task SignInAsync()
    {
        var answer = await Browser.PostAsJsonAsync("test/sign-in", new { person = Person });
        answer.EnsureSuccessStatusCode();
        Remember(answer);
        var page = await Browser.GetAsync("hello");
        Remember(page);
        FormToken = Token().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
    }

    /// <summary>All that an export of it would hold, a line each, but for the audit's rows: its sealer writes to them meanwhile.</summary>
    public async Task<List<string>> RowsAsync()
    {
        await using var owner = host.Services.GetRequiredService<Engine>().OpenAsOwner(Tenant.Key);
        await using var snapshot = await owner.BorrowAsync(Use.Snapshot, default);
        var shapes = await TableShape.ReadAllAsync(snapshot, owner.Dialect, default);
        var rows = new List<string>();
        foreach (var table in host.Services.GetRequiredService<FeatureCatalog>().Tables.Where(table => table.Export > 0 && !table.Name.StartsWith("audit", StringComparison.Ordinal) && shapes.ContainsKey(table.Name)))
        {
            var lines = new MemoryStream();
            await TableRows.WriteAsync(snapshot, shapes[table.Name], null, lines, default);
            rows.AddRange(Encoding.UTF8.GetString(lines.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{table.Name} {line}"));
        }
        return rows;
    }

    /// <summary>Ids and hashes in its rows: what an address could name.</summary>
    public async Task<IEnumerable<string>> NamesAsync() => (await RowsAsync()).SelectMany(row => Id().Matches(row).Select(id => id.Value)).Distinct();

    public void Dispose() => Browser.Dispose();

    private async Task FillAsync()
    {
        await using var lease = await host.Shells.LeaseAsync(name, default);
        await using var scope = lease.OpenScope();
        var (db, roles, catalog) = (scope.Services.GetRequiredService<Db>(), scope.Services.GetRequiredService<Roles>(), host.Services.GetRequiredService<FeatureCatalog>());
        Person = Guid.CreateVersion7();
        var other = Guid.CreateVersion7();
        foreach (var id in new[] { Person, other })
            await db.ExecuteAsync($"INSERT INTO people (id, display_name, sort_name) VALUES ({id}, {Marker}, {Marker.ToLowerInvariant()})");
        var everything = await roles.AddAsync($"All {Marker}", "", [.. catalog.Permissions.Keys], default);
        await roles.AssignAsync(Person, everything!.Value, Scope.Tenant, default);
        await roles.AssignAsync(Person, Roles.Administrator, Scope.Tenant, default);
        await db.ExecuteAsync($"INSERT INTO greetings (id, person_id, name, text, left_at) VALUES ({Guid.CreateVersion7()}, {other}, {Marker}, {Marker}, {DateTimeOffset.UtcNow})");
    }

    private void Remember(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("Set-Cookie", out var set)) return;
        foreach (var cookie in set.Select(text => text.Split(';')[0].Split('=', 2)).Where(cookie => cookie[1] != ""))
        {
            Cookies.RemoveAll(known => known.Name == cookie[0]);
            Cookies.Add((cookie[0], cookie[1]));
        }
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}")]
    private static partial Regex Id();
}
