using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

public sealed class ActAsTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task An_administrator_acts_for_somebody_with_both_names_in_the_trail_and_comes_back(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var (olga, admin) = await HelperAsync(desk);
        var ann = await desk.PersonAsync("Ann Learner", ELearning.Roles.Manager);

        Assert.Equal(HttpStatusCode.Redirect, (await BeginAsync(admin, ann)).StatusCode);
        Assert.Contains($"\"person\":\"{ann}\"", await admin.GetStringAsync("/test/who"));
        Assert.Contains("You act for Ann Learner", await Desk.TextAsync(admin, "/account/acting"));
        // What she signs in with is hers alone.
        foreach (var page in new[] { "/account/security", "/account/security/authenticator" })
            Assert.Equal("/account/acting", (await admin.GetAsync(page)).Headers.Location?.ToString());
        // As little as Ann may.
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.GetAsync("/manage/people/roles")).StatusCode);

        await Desk.PostAsync(admin, "/account/acting", []);

        Assert.Contains($"\"person\":\"{olga}\"", await admin.GetStringAsync("/test/who"));
        var acts = await desk.Site.RunAsync(services => services.GetRequiredService<Audit>().PageAsync(new() { Involved = ann }, null, 10, default));
        Assert.Equal([("acting-stopped", (Guid?)ann, (Guid?)olga), ("acting-begun", olga, null)], acts.Take(2).Select(act => (act.Act, act.PersonId, act.ActedBy)));
        // Nobody has seen Ann herself.
        Assert.Equal([DateTimeOffset.UnixEpoch], await desk.Site.QueryAsync<DateTimeOffset>($"SELECT seen_at FROM people WHERE id = {ann}"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Upwards_nested_and_without_the_permission_it_is_refused(string database)
    {
        await using var desk = await Desk.OpenAsync(database, "SecurityLibrary");
        var (_, admin) = await HelperAsync(desk);
        var plain = await desk.AdministratorAsync("Paul Plain");
        var ann = await desk.PersonAsync("Ann", ELearning.Roles.Manager);
        var burner = await desk.PersonAsync("Burner");
        var burning = await desk.RoleAsync("Burning", Security.LibraryFeature.Burn);
        await desk.Site.RunAsync(services => services.GetRequiredService<ELearning.Roles>().AssignAsync(burner, burning, new("room", Guid.CreateVersion7()), default));

        // Given by hand only, so that an administrator does not have it by itself.
        await BeginAsync(plain, ann);
        Assert.DoesNotContain(ann.ToString(), await plain.GetStringAsync("/test/who"));

        // For one room only, and more than the administrator may.
        Assert.Contains("Burner may do something that you may not", await Desk.TextAsync(await BeginAsync(admin, burner)));

        await BeginAsync(admin, ann);
        Assert.Contains("\"person\"", await admin.GetStringAsync("/test/who"));
        await BeginAsync(admin, burner);
        Assert.Contains(ann.ToString(), await admin.GetStringAsync("/test/who"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Whoever_acts_is_out_when_they_are_suspended_themselves(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var (olga, admin) = await HelperAsync(desk);
        var ann = await desk.PersonAsync("Ann");
        await BeginAsync(admin, ann);
        Assert.Contains(ann.ToString(), await admin.GetStringAsync("/test/who"));

        var other = await desk.BrowserOfAsync(await desk.PersonAsync("Paul", ELearning.Roles.Administrator));
        await Desk.PostAsync(other, $"/manage/people/{olga}", [("reason", "Looks at too much")], $"/manage/people/{olga}?handler=Suspend");

        Assert.DoesNotContain(ann.ToString(), await admin.GetStringAsync("/test/who"));
    }

    private static async Task<(Guid Id, HttpClient Browser)> HelperAsync(Desk desk)
    {
        var id = await desk.PersonAsync("Olga Admin", ELearning.Roles.Administrator, await desk.RoleAsync("Helping", PeoplePermissions.ActAs));
        return (id, await desk.BrowserOfAsync(id));
    }

    // From the page of the person where it is theirs to see, else from any page with a form.
    private static Task<HttpResponseMessage> BeginAsync(HttpClient browser, Guid person) =>
        Desk.PostAsync(browser, $"/manage/people/{person}", [], $"/manage/people/{person}?handler=ActAs");
}
