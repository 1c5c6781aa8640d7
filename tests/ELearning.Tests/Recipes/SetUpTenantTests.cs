using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning;

public sealed class SetUpTenantTests
{
    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task A_tenant_is_made_as_its_recipe_says_and_shows_its_home_at_the_root(string database)
    {
        var host = await TestHost.SharedAsync(database);
        var name = $"r{Guid.NewGuid().ToString("N")[..10]}";

        var made = await host.Services.GetRequiredService<SetUpTenant>().RunAsync(new(name, "Made") { Hosts = [$"{name}.localhost"] }, "hello", "test", default);

        Assert.Null(made.Refusal);
        using var browser = host.Browser($"{name}.localhost");
        var home = await browser.GetStringAsync("/");
        Assert.Contains("<h1>Say hello</h1>", home);
        Assert.Contains("Made</span>", home);
    }

    [Fact]
    public async Task A_recipe_that_is_not_there_makes_nothing()
    {
        var host = await TestHost.SharedAsync("Sqlite");

        var refused = await host.Services.GetRequiredService<SetUpTenant>().RunAsync(new("NeverMade", "x"), "nonsense", "test", default);

        Assert.Contains("There is no recipe nonsense. There are: academy, academy-people, blank, college, college-people, hello, platform, studio, studio-people.", refused.Refusal);
        Assert.Null(await host.Services.GetRequiredService<Tenants>().FindAsync("NeverMade", default));
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task A_recipe_that_fails_half_way_leaves_nothing_of_the_tenant(string database)
    {
        var folder = Directory.CreateTempSubdirectory("elearning-recipes-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.recipe.json"), """
            { "name": "broken", "displayName": "Broken", "steps": [
                { "name": "settings", "HomeRoute": "/x" },
                { "name": "feature", "enable": ["TestBrokenMigration"] } ] }
            """);
        await using var host = await TestHost.StartAsync(database, options: options => options with { RecipesFolder = folder });

        var refused = await host.Services.GetRequiredService<SetUpTenant>().RunAsync(new("HalfMade", "x"), "broken", "test", default);

        Assert.Contains("nothing of HalfMade is left", refused.Refusal);
        Assert.Contains("Migration 2 of TestBrokenMigration", refused.Refusal);
        Assert.Null(await host.Services.GetRequiredService<Tenants>().FindAsync("HalfMade", default));
        Assert.Null(host.Shells.Table.Find("HalfMade"));
    }

    [Fact]
    public async Task A_demo_finds_sites_to_look_at_and_says_on_every_page_that_it_is_one()
    {
        await using var host = await TestHost.StartAsync("Sqlite", options: options => options with { Demo = true });
        using var studio = host.Browser("studio.localhost");
        using var platform = host.Browser("localhost");

        Assert.Contains("A demonstration, on this machine only.", await studio.GetStringAsync("/"));
        Assert.Contains("A demonstration, on this machine only.", await platform.GetStringAsync("/"));
        Assert.Contains("Leave a word", await platform.GetStringAsync("/studio/hello"));
        Assert.Equal(System.Net.HttpStatusCode.OK, (await platform.GetAsync("/academy/")).StatusCode);
    }
}
