using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Security;

public sealed class AccessOnSqlite() : AccessTests("Sqlite");

public sealed class AccessOnPostgres() : AccessTests("Postgres");

public abstract class AccessTests(string database) : IAsyncLifetime
{
    private readonly Guid _room = Guid.CreateVersion7();
    private readonly Guid _shelf = Guid.CreateVersion7();
    private readonly Guid _elsewhere = Guid.CreateVersion7();
    private TestSite _site = null!; // made before each test

    public async Task InitializeAsync()
    {
        _site = await TestSite.StartAsync(database, "TestAccounts", "SecurityLibrary");
        await _site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync(
            $"INSERT INTO test_shelves (id, room_id) VALUES ({_shelf}, {_room}), ({_elsewhere}, {Guid.NewGuid()})"));
    }

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task Nobody_is_asked_to_sign_in()
    {
        var answer = await _site.Browser.GetAsync("/test/library");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("not-signed-in", await CodeAsync(answer));
    }

    [Fact]
    public async Task A_role_for_the_whole_site_holds_for_every_shelf_and_ends_at_once()
    {
        var ann = await SignedInAsync("Ann");
        await AssignAsync(ann, Roles.Administrator, Scope.Tenant);
        Assert.Equal(HttpStatusCode.NoContent, await TidyAsync(_shelf));
        Assert.Equal(2, (await CatalogueAsync()).Length);

        await AssignAsync(await _site.PersonAsync("Other"), Roles.Administrator, Scope.Tenant);
        Assert.Equal(RoleRefusal.None, await WithdrawAsync(ann, Roles.Administrator, Scope.Tenant));

        Assert.Equal(HttpStatusCode.Forbidden, await TidyAsync(_shelf));
        Assert.Empty(await CatalogueAsync());
    }

    [Fact]
    public async Task A_role_for_a_shelf_holds_for_that_shelf_only()
    {
        var ann = await SignedInAsync("Ann");
        await AssignAsync(ann, await RoleAsync("Keeper", LibraryFeature.Tidy), new("shelf", _shelf));

        Assert.Equal(HttpStatusCode.NoContent, await TidyAsync(_shelf));
        Assert.Equal(HttpStatusCode.Forbidden, await TidyAsync(_elsewhere));
        Assert.Equal([_shelf], await CatalogueAsync());
    }

    [Fact]
    public async Task A_role_for_a_room_holds_for_the_shelves_in_it()
    {
        var ann = await SignedInAsync("Ann");
        await AssignAsync(ann, await RoleAsync("Keeper", LibraryFeature.Tidy), new("room", _room));

        Assert.Equal(HttpStatusCode.NoContent, await TidyAsync(_shelf));
        Assert.Equal(HttpStatusCode.Forbidden, await TidyAsync(_elsewhere));
        Assert.Equal([_shelf], await CatalogueAsync());
    }

    [Fact]
    public async Task A_refusal_says_which_roles_were_looked_at()
    {
        var ann = await SignedInAsync("Ann");
        Assert.Equal("\"Tidy a shelf\" comes with a role, and this person has none.", await WhyAsync());

        await AssignAsync(ann, Roles.Learner, Scope.Tenant);

        Assert.Equal($"None of the roles Learner allows \"Tidy a shelf\" for shelf {_shelf}.", await WhyAsync());
    }

    [Fact]
    public async Task A_decision_names_the_rule()
    {
        var ann = await _site.PersonAsync("Ann");
        await AssignAsync(ann, await RoleAsync("Keeper", LibraryFeature.Tidy), new("room", _room));

        var decision = await _site.RunAsync(async services => await services.GetRequiredService<Permissions>()
            .DecideAsync(new(ActorKind.Person, ann, "Ann"), LibraryFeature.Tidy, new("shelf", _shelf), default));

        Assert.True(decision.Allowed);
        Assert.Equal(new Scope("room", _room), decision.Rule.Scope);
        Assert.Equal($"The role Keeper, given for room {_room}, allows \"Tidy a shelf\".", decision.Rule.ToString());
    }

    [Fact]
    public async Task What_a_role_may_changes_at_once()
    {
        var ann = await SignedInAsync("Ann");
        var keeper = await RoleAsync("Keeper");
        await AssignAsync(ann, keeper, Scope.Tenant);
        Assert.Equal(HttpStatusCode.Forbidden, await TidyAsync(_shelf));

        await _site.RunAsync(async services =>
        {
            var roles = services.GetRequiredService<Roles>();
            var role = (await roles.ListAsync(default)).Single(role => role.Id == keeper);
            Assert.Equal(RoleRefusal.None, await roles.SaveAsync(role with { Permissions = [LibraryFeature.Tidy] }, default));
            Assert.Equal(RoleRefusal.Changed, await roles.SaveAsync(role with { Permissions = [] }, default));
        });

        Assert.Equal(HttpStatusCode.NoContent, await TidyAsync(_shelf));
    }

    [Fact]
    public async Task A_permission_of_a_feature_that_is_off_has_no_effect()
    {
        var ann = new Actor(ActorKind.Person, await _site.PersonAsync("Ann"), "Ann");
        await AssignAsync(ann.Id, Roles.Administrator, Scope.Tenant);
        await _site.DisableAsync("SecurityLibrary");

        var decision = await _site.RunAsync(async services =>
            await services.GetRequiredService<Permissions>().DecideAsync(ann, LibraryFeature.Tidy, Scope.Tenant, default));

        Assert.False(decision.Allowed);
        Assert.Equal($"No feature that is switched on knows \"{LibraryFeature.Tidy}\".", decision.Rule.ToString());
    }

    [Fact]
    public async Task Administrator_is_given_what_is_new_once_and_not_what_is_given_by_hand()
    {
        var catalog = _site.Host.Services.GetRequiredService<FeatureCatalog>();
        var own = catalog.Permissions.Values.Where(permission => permission.Feature == "SecurityLibrary").ToList();
        Assert.Contains(LibraryFeature.Tidy, await AdministratorsAsync());
        Assert.DoesNotContain(LibraryFeature.Burn, await AdministratorsAsync());

        await _site.RunAsync(async services =>
        {
            var roles = services.GetRequiredService<Roles>();
            var role = (await roles.ListAsync(default)).Single(role => role.Id == Roles.Administrator);
            await roles.SaveAsync(role with { Permissions = [.. role.Permissions.Except([LibraryFeature.Tidy])] }, default);
            await Roles.GrantNewAsync(services.GetRequiredService<Db>(), own, default);
        });

        Assert.DoesNotContain(LibraryFeature.Tidy, await AdministratorsAsync());
        Assert.Contains(Roles.ManagePermission, await AdministratorsAsync());
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        var (ann, bob) = (await _site.PersonAsync("Ann"), await _site.PersonAsync("Bob"));
        await AssignAsync(ann, Roles.Administrator, Scope.Tenant);
        Assert.Equal(RoleRefusal.LastAdministrator, await WithdrawAsync(ann, Roles.Administrator, Scope.Tenant));

        await AssignAsync(bob, Roles.Administrator, Scope.Tenant);
        var both = await Task.WhenAll(WithdrawAsync(ann, Roles.Administrator, Scope.Tenant), WithdrawAsync(bob, Roles.Administrator, Scope.Tenant));

        Assert.Equal([RoleRefusal.None, RoleRefusal.LastAdministrator], both.Order());
        Assert.Single(await _site.QueryAsync<Guid>($"SELECT person_id FROM role_assignments WHERE role_id = {Roles.Administrator}"));
    }

    [Fact]
    public async Task Shipped_roles_and_roles_in_use_are_not_removed()
    {
        var keeper = await RoleAsync("Keeper");
        var ann = await _site.PersonAsync("Ann");
        await AssignAsync(ann, keeper, Scope.Tenant);

        Assert.Equal(RoleRefusal.Shipped, await RemoveAsync(Roles.Learner));
        Assert.Equal(RoleRefusal.InUse, await RemoveAsync(keeper));
        await WithdrawAsync(ann, keeper, Scope.Tenant);
        Assert.Equal(RoleRefusal.None, await RemoveAsync(keeper));
        Assert.Null(await _site.RunAsync(services => services.GetRequiredService<Roles>().AddAsync(" LEARNER", "", [], default)));
    }

    private async Task<Guid> SignedInAsync(string name)
    {
        var person = await _site.PersonAsync(name);
        await _site.Browser.SignInAsync(person);
        return person;
    }

    private Task<bool> AssignAsync(Guid person, Guid role, Scope scope) =>
        _site.RunAsync(services => services.GetRequiredService<Roles>().AssignAsync(person, role, scope, default));

    private Task<RoleRefusal> WithdrawAsync(Guid person, Guid role, Scope scope) =>
        _site.RunAsync(services => services.GetRequiredService<Roles>().WithdrawAsync(person, role, scope, default));

    private Task<RoleRefusal> RemoveAsync(Guid role) => _site.RunAsync(services => services.GetRequiredService<Roles>().RemoveAsync(role, default));

    private async Task<Guid> RoleAsync(string name, params string[] permissions) =>
        (await _site.RunAsync(services => services.GetRequiredService<Roles>().AddAsync(name, "", permissions, default)))!.Value;

    private async Task<IReadOnlyList<string>> AdministratorsAsync() =>
        (await _site.RunAsync(services => services.GetRequiredService<Roles>().ListAsync(default))).Single(role => role.Id == Roles.Administrator).Permissions;

    private async Task<HttpStatusCode> TidyAsync(Guid shelf) => (await _site.Browser.PutAsync($"/test/library/shelves/{shelf}", null)).StatusCode;

    private async Task<Guid[]> CatalogueAsync() => (await _site.Browser.GetFromJsonAsync<Guid[]>("/test/library/catalogue"))!;

    private async Task<string> WhyAsync()
    {
        var answer = await _site.Browser.PutAsync($"/test/library/shelves/{_shelf}", null);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}

internal static class SigningIn
{
    public static async Task SignInAsync(this HttpClient browser, Guid person, string[]? framing = null)
    {
        var answer = await browser.PostAsJsonAsync("/test/sign-in", new TestAccountsFeature.SignIn(person, Framing: framing));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }
}
