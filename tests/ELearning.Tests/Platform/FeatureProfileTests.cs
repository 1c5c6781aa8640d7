using System.Net;
using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Platform;

/// <summary>The features of a tenant: switched from the platform's desk, and by its own administrators within their profile.</summary>
public sealed class FeatureProfileTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task The_desk_shows_what_a_switch_does_and_does_it(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        await using var platform = await TestSite.PlatformAsync(site.Host);
        await platform.SignInAsync();
        var page = $"/platform/tenants/{site.Name}/features";

        Assert.Contains("Turn on Hello", await platform.Browser.GetStringAsync(page));
        var effect = WebUtility.HtmlDecode(await platform.Browser.GetStringAsync($"{page}/Hello"));
        Assert.Contains("<b>+1</b><span>menu entries", effect);
        Assert.Contains("<b>+2</b><span>tables", effect);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/hello")).StatusCode);

        await platform.PostAsync($"{page}/Hello", new() { ["on"] = "true" });
        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/hello")).StatusCode);

        await platform.PostAsync($"{page}/Hello", new() { ["on"] = "false" });
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/hello")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await platform.Browser.GetAsync($"{page}/People")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await platform.Browser.GetAsync($"{page}/Platform")).StatusCode);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_tenants_own_administrators_switch_what_their_profile_names(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Accounts", "TestAccounts");
        await using var platform = await TestSite.PlatformAsync(site.Host);
        await platform.SignInAsync();
        await site.SignInAsync();
        const string Page = "/manage/settings/features";

        // Without a profile everything is locked, and a form made by hand changes nothing.
        Assert.DoesNotContain("Turn on Hello", await site.Browser.GetStringAsync(Page));
        using var refused = await site.PostAsync("/sign-out", new() { ["on"] = "true" }, Page + "/Hello");
        Assert.Contains("is not among what this site may switch itself", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/hello")).StatusCode);

        var name = $"Schools {Guid.NewGuid()}";
        using var added = await platform.PostAsync("/platform/features/profiles/new", new() { ["Input.Name"] = name, ["Input.Features"] = "Hello" });
        Assert.Equal(HttpStatusCode.Redirect, added.StatusCode);
        var profiles = site.Host.Services.GetRequiredService<FeatureProfiles>();
        var profile = (await profiles.ListAsync(default)).Single(one => one.Name == name);
        using var chosen = await platform.PostAsync($"/platform/tenants/{site.Name}/rename",
            new() { ["Input.Title"] = site.Tenant.Title, ["Input.Hosts"] = $"{site.Name}.localhost", ["Input.Profile"] = profile.Id.ToString() });
        Assert.Equal(HttpStatusCode.Redirect, chosen.StatusCode);

        Assert.Contains("Turn on Hello", await site.Browser.GetStringAsync(Page));
        await site.PostAsync(Page + "/Hello", new() { ["on"] = "true" });
        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/hello")).StatusCode);

        // What the profile does not name stays: accounts cannot be turned off by whoever lives on them.
        using var stays = await site.PostAsync(Page + "/Hello", new() { ["on"] = "false" }, Page + "/Accounts");
        Assert.Contains("is not among what this site may switch itself", await stays.Content.ReadAsStringAsync());
        Assert.Contains("Accounts", site.Tenant.Features);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_recipe_that_a_tenants_person_runs_is_held_to_the_profile_too(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        var person = await site.PersonAsync("Ada");
        var executor = site.Host.Services.GetRequiredService<RecipeExecutor>();
        var recipe = RecipeSource.Of("mine", """{ "name": "mine", "steps": [{ "name": "feature", "enable": ["Hello"] }] }""");
        var none = new Dictionary<string, string>();

        var plan = Assert.IsType<RecipePlan>(await executor.PlanAsync(site.Name, recipe, none, "Ada", default, person));
        Assert.Contains("is not among what this site may switch itself", plan.Steps.Single().Note);
        var run = Assert.IsType<RecipeRun>(await executor.RunAsync(site.Name, recipe, none, "Ada", default, person));
        Assert.Equal(RunState.Failed, run.State);
        // Going on with it later makes nobody more than they are.
        Assert.Equal(RunState.Failed, (await executor.ResumeAsync(run.Id, default)).State);
        Assert.DoesNotContain("Hello", site.Tenant.Features);

        // The platform may.
        Assert.Equal(RunState.Done, Assert.IsType<RecipeRun>(await executor.RunAsync(site.Name, recipe, none, "Platform", default)).State);
        Assert.Contains("Hello", site.Tenant.Features);
    }
}
