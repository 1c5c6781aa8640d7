using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Platform;

/// <summary>A tenant from one form: checked while somebody types, made, and signed in to.</summary>
public sealed partial class NewTenantTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_tenant_is_made_in_one_form_and_its_administrator_signs_in(string database)
    {
        await using var platform = await TestSite.PlatformAsync(database);
        await platform.SignInAsync();
        var name = NewName();

        using var made = await platform.PostAsync("/platform/new-tenant", Form(name, "studio"));
        Assert.Equal(HttpStatusCode.Redirect, made.StatusCode);
        var shown = await platform.Browser.GetStringAsync(made.Headers.Location);
        Assert.Contains($"http://{name}.localhost:{platform.Host.Address.Port}/sign-in", shown);
        var password = Password().Match(shown).Groups[1].Value;
        Assert.Matches("^([a-z2-8]{4}-){3}[a-z2-8]{4}$", password);
        // Once: whoever comes after finds no password.
        Assert.DoesNotContain(password, await platform.Browser.GetStringAsync(made.Headers.Location));

        using var site = platform.Host.Browser($"{name}.localhost");
        Assert.Equal(HttpStatusCode.OK, (await site.GetAsync("/sign-in")).StatusCode);
        var found = await platform.Host.Services.GetRequiredService<Shells.Tenants>().FindAsync(name, default);
        Assert.Equal("Studio", found!.Theme);
        var page = await platform.Browser.GetStringAsync($"/platform/tenants?q={name}");
        Assert.Contains("data-label=\"Recipe\">studio<", page);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task What_is_wrong_is_said_by_field_while_typing_and_when_it_is_sent(string database)
    {
        await using var taken = await TestSite.StartAsync(database);
        await using var platform = await TestSite.PlatformAsync(taken.Host);
        await platform.SignInAsync();

        var live = await CheckAsync(platform, $"Title=&Name={taken.Name}&Host={taken.Name}.localhost&Prefix=health&Recipe=nothing&AdminName=Ada&AdminEmail=ada");
        Assert.Equal(["AdminEmail", "Host", "Name", "Prefix", "Recipe", "Title"], live.Keys.Order());
        Assert.Contains($"There is a tenant {taken.Name} already", live["Name"]);
        Assert.Contains("has that address already", live["Host"]);
        Assert.Contains("an address of the platform", live["Prefix"]);

        var wrong = Form(taken.Name, "blank");
        wrong["Input.Host"] = "http://odd";
        using var refused = await platform.PostAsync("/platform/new-tenant", wrong);
        var page = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
        Assert.Contains("No tenant was made yet", page);
        Assert.Contains($"There is a tenant {taken.Name} already", page);
        Assert.Contains("http://odd is no host name", page);

        var name = NewName();
        Assert.Empty(await CheckAsync(platform, $"Title=School&Name={name}&Prefix={name}&Recipe=blank&AdminName=Ada&AdminEmail=ada@school.example"));
        Assert.Equal(["Prefix"], (await CheckAsync(platform, $"Title=School&Name={name}&Recipe=blank&AdminName=Ada&AdminEmail=ada@school.example")).Keys);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Nobody_without_the_permission_can_ask_what_names_there_are(string database)
    {
        await using var platform = await TestSite.PlatformAsync(database);
        Assert.NotEqual(HttpStatusCode.OK, (await platform.Browser.GetAsync("/platform/new-tenant/check?Name=x")).StatusCode);
    }

    internal static string NewName() => $"n{Guid.NewGuid().ToString("N")[..10]}";

    internal static Dictionary<string, string> Form(string name, string recipe) => new()
    {
        ["Input.Title"] = $"School {name}",
        ["Input.Name"] = name,
        ["Input.Host"] = $"{name}.localhost",
        ["Input.Recipe"] = recipe,
        ["Input.AdminName"] = "Ada Lovelace",
        ["Input.AdminEmail"] = "ada@school.example",
    };

    private static async Task<Dictionary<string, string>> CheckAsync(TestSite platform, string query) =>
        (await platform.Browser.GetFromJsonAsync<Dictionary<string, string>>($"/platform/new-tenant/check?{query}"))!;

    [GeneratedRegex("class=\"password\">([^<]+)<")]
    private static partial Regex Password();
}
