using ELearning.Recipes;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Tests.Recipes;

public sealed class HelloRecipeTests
{
    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task The_recipe_hello_makes_a_site_with_a_guest_book(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        Assert.Equal(404, (int)(await site.Browser.GetAsync("/hello")).StatusCode);
        var files = site.Host.Services.GetRequiredService<RecipeFiles>();

        var outcome = await site.Host.Services.GetRequiredService<RecipeExecutor>()
            .RunAsync(site.Name, files.Find("hello")!, new Dictionary<string, string>(), "ada", default);

        Assert.Equal((RunState.Done, null), (Assert.IsType<RecipeRun>(outcome).State, ((RecipeRun)outcome).Error));
        Assert.Contains("Say hello", await site.Browser.GetStringAsync("/hello"));
    }

    [Fact]
    public async Task Every_recipe_that_ships_is_listed_and_has_no_mistake()
    {
        var host = await TestHost.SharedAsync("Sqlite");
        var files = host.Services.GetRequiredService<RecipeFiles>();

        Assert.Superset(new HashSet<string> { "blank", "hello" }, files.List().Select(recipe => recipe.Name).ToHashSet());
        // Passwords come from outside, never from the file.
        var given = new Dictionary<string, string> { ["password"] = "not one that anybody has", ["name"] = "Somebody", ["mail"] = "somebody@example.org" };
        foreach (var name in files.Names)
            Assert.Empty(host.Services.GetRequiredService<RecipeReader>().Read(files.Find(name)!, given).Mistakes);
    }
}
