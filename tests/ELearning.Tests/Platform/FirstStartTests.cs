using System.Net;
using System.Text.RegularExpressions;
using ELearning.Data;
using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Platform;

/// <summary>What a new installation finds, and what nobody finds afterwards.</summary>
public sealed partial class FirstStartTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task The_platform_sets_itself_up_and_its_administrator_signs_in_once_with_that_password(string database)
    {
        await using var host = await TestHost.StartAsync(database, options: options => options with { PlatformRecipe = "platform" });
        var accounts = host.Services.GetRequiredService<FirstAccounts>();
        var administrator = accounts.TakeAdministrator()!;

        using var browser = host.Browser("localhost");
        // The desk is the home, and asks who comes.
        var home = await browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.Redirect, home.StatusCode);
        var signedIn = await SignInAsync(browser, administrator.Mail, administrator.Password);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        // Good for one sign-in: everything leads to choosing another.
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/platform/tenants")).StatusCode);

        // Shown once, and readable by nobody else meanwhile.
        Assert.Null(accounts.TakeAdministrator());
        Assert.DoesNotContain(administrator.Password, await File.ReadAllTextAsync(Path.Combine(host.Options.DataFolder, "first-accounts.json")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(host.Options.DataFolder, "first-accounts.json")));
        Assert.Single(host.Shells.Table.Slots);
        var kept = await host.Services.GetRequiredService<PlatformDb>().Open().ListAsync<string>($"SELECT COALESCE(steps, '') || COALESCE(error, '') FROM recipe_runs ORDER BY id");
        Assert.All(kept, text => Assert.DoesNotContain(administrator.Password, text));
    }

    [Fact]
    public async Task A_second_start_makes_nothing_anew()
    {
        var host = await TestHost.StartAsync("Sqlite", options: options => options with { PlatformRecipe = "platform" });
        var first = host.Services.GetRequiredService<FirstAccounts>().Read()!.Administrator;
        var folder = host.Options.DataFolder;
        host.KeepsData = true;
        await host.DisposeAsync();

        await using var again = await TestHost.StartAsync("Sqlite", options: options => options with { PlatformRecipe = "platform", DataFolder = folder });
        Assert.Equal(first, again.Services.GetRequiredService<FirstAccounts>().Read()!.Administrator);
        await using var lease = await again.Shells.LeaseAsync(Tenant.Default, default);
        await using var scope = lease.OpenScope();
        Assert.Equal(1, await scope.Services.GetRequiredService<Db>().FirstAsync<long?>($"SELECT COUNT(*) FROM people"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_demo_has_three_sites_that_differ_and_somebody_for_each_persona(string database)
    {
        await using var host = await TestHost.StartAsync(database, options: options => options with { PlatformRecipe = "platform", Demo = true });
        var people = host.Services.GetRequiredService<FirstAccounts>().Read()!.Demo;

        Assert.Equal(["Lumen", "Northwind", "Riverside"], people.Select(person => person.Site).Distinct().Order());
        Assert.Equal(3, people.Select(person => person.Password).Distinct().Count());
        foreach (var site in people.GroupBy(person => person.Site))
        {
            Assert.Contains("Administrator", site.Select(person => person.Role));
            Assert.Contains("Learner", site.Select(person => person.Role));
            Assert.Contains("Instructor", site.Select(person => person.Role));
            Assert.All(site, person => Assert.EndsWith(".example", person.Mail));
        }
        var tenants = host.Shells.Table.Slots.Select(slot => slot.Tenant).Where(tenant => !tenant.IsPlatform).OrderBy(tenant => tenant.Name).ToList();
        Assert.Equal(["Studio", "Base", "Campus"], tenants.Select(tenant => tenant.Theme));
        Assert.Equal([true, false, false], tenants.Select(tenant => tenant.Features.Contains("Hello")));

        var learner = people.First(person => person is { Site: "Northwind", Role: "Learner" });
        using var browser = host.Browser("academy.localhost");
        Assert.Equal(HttpStatusCode.Redirect, (await SignInAsync(browser, learner.Mail, learner.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/manage/settings/features")).StatusCode);

        // The same recipe again changes nothing.
        var executor = host.Services.GetRequiredService<RecipeExecutor>();
        foreach (var (tenant, recipe) in new[] { ("Northwind", "academy"), ("Riverside", "college"), ("Lumen", "studio") })
        {
            var plan = Assert.IsType<RecipePlan>(await executor.PlanAsync(tenant, host.Services.GetRequiredService<RecipeFiles>().Find(recipe)!, new Dictionary<string, string>(), "test", default));
            Assert.Empty(plan.Steps.SelectMany(step => step.Changes));
        }
        // And what is written out has nobody's password.
        var written = await host.Services.GetRequiredService<RecipeWriter>().WriteAsync("Northwind", default);
        Assert.DoesNotContain("Password\"", written);
        Assert.DoesNotContain(learner.Mail, written);
    }

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient browser, string mail, string password)
    {
        var page = await browser.GetStringAsync("/sign-in");
        return await browser.PostAsync("/sign-in", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["Input.Email"] = mail,
            ["Input.Password"] = password,
            ["__RequestVerificationToken"] = Token().Match(page).Groups[1].Value,
        }));
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
