using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

/// <summary>A site with its administration, and the browsers of whoever sits there.</summary>
internal sealed partial class Desk : IAsyncDisposable
{
    private readonly List<HttpClient> _browsers = [];

    private Desk(TestSite site) => Site = site;

    public TestSite Site { get; }

    public static async Task<Desk> OpenAsync(string database, params string[] features) => new(await TestSite.StartAsync(database, ["Accounts", "TestAccounts", .. features]));

    public async Task<Guid> PersonAsync(string name, params Guid[] roles)
    {
        var id = Guid.CreateVersion7();
        await Site.RunAsync(async services =>
        {
            await services.GetRequiredService<People>().AddAsync(id, name, default);
            foreach (var role in roles) await services.GetRequiredService<ELearning.Roles>().AssignAsync(id, role, Scope.Tenant, default);
        });
        return id;
    }

    public async Task<HttpClient> BrowserOfAsync(Guid person)
    {
        var browser = Site.OtherBrowser();
        _browsers.Add(browser);
        using var answer = await browser.PostAsJsonAsync("/test/sign-in", new TestAccountsFeature.SignIn(person));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        return browser;
    }

    public async Task<HttpClient> AdministratorAsync(string name = "Olga Admin") => await BrowserOfAsync(await PersonAsync(name, ELearning.Roles.Administrator));

    public async Task<Guid> RoleAsync(string name, params string[] permissions) =>
        (await Site.RunAsync(services => services.GetRequiredService<ELearning.Roles>().AddAsync(name, "", permissions, default)))!.Value;

    public Task<Role> FindRoleAsync(Guid id) => Site.RunAsync(async services => (await services.GetRequiredService<ELearning.Roles>().ListAsync(default)).Single(role => role.Id == id));

    public Task<Decision> DecideAsync(Guid person, string permission, Scope? scope = null) => Site.RunAsync(async services =>
        await services.GetRequiredService<Permissions>().DecideAsync(new(ActorKind.Person, person, ""), permission, scope ?? Scope.Tenant, default));

    public Task<List<string>> ActsAsync() => Site.QueryAsync<string>($"SELECT act FROM audit ORDER BY at, id");

    /// <summary>Fills in a form as the page gives it out, with some fields otherwise.</summary>
    public static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string page, IEnumerable<(string Name, string Value)> fields, string? to = null)
    {
        var token = Token().Match(await browser.GetStringAsync(page)).Groups[1].Value;
        return await browser.PostAsync(to ?? page, new FormUrlEncodedContent(
            fields.Append(("__RequestVerificationToken", token)).Select(field => new KeyValuePair<string, string>(field.Item1, field.Item2))));
    }

    public static async Task<string> TextAsync(HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

    public static async Task<string> TextAsync(HttpClient browser, string page) => WebUtility.HtmlDecode(await browser.GetStringAsync(page));

    public ValueTask DisposeAsync()
    {
        foreach (var browser in _browsers) browser.Dispose();
        return Site.DisposeAsync();
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
