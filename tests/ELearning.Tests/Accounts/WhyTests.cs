using ELearning.Data;
using ELearning.Security;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

public sealed class WhyTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task The_answer_names_the_role_that_decided_and_leads_to_it(string database)
    {
        await using var desk = await Desk.OpenAsync(database, "SecurityLibrary");
        var admin = await desk.AdministratorAsync();
        var tidier = await desk.RoleAsync("Tidier", LibraryFeature.Tidy);
        var ada = await desk.PersonAsync("Ada Byron");
        var (room, shelf) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await desk.Site.RunAsync(async services =>
        {
            await services.GetRequiredService<Db>().ExecuteAsync($"INSERT INTO test_shelves (id, room_id) VALUES ({shelf}, {room})");
            await services.GetRequiredService<ELearning.Roles>().AssignAsync(ada, tidier, new("room", room), default);
        });

        var page = await Desk.TextAsync(admin, $"/manage/people/why?who=byr&permission={LibraryFeature.Tidy}&kind=shelf&thing={shelf}");
        Assert.Contains($"The role Tidier, given for room {room}, allows \"Tidy a shelf\".", page);
        Assert.Contains($"/manage/people/roles/{tidier}", page);

        var no = await Desk.TextAsync(admin, $"/manage/people/why?person={ada}&permission={LibraryFeature.Tidy}");
        Assert.Contains("None of the roles Tidier allows \"Tidy a shelf\" for the whole site.", no);
        Assert.Contains("Say which one, by its name or id", await Desk.TextAsync(admin, $"/manage/people/why?person={ada}&permission={LibraryFeature.Tidy}&kind=shelf"));
        Assert.Contains("Nobody here has a name like that.", await Desk.TextAsync(admin, "/manage/people/why?who=nobody"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Several_of_one_name_are_told_apart(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        await desk.PersonAsync("Ann Archer");
        var baker = await desk.PersonAsync("Änn Baker", ELearning.Roles.Administrator);

        var which = await Desk.TextAsync(admin, $"/manage/people/why?who=ann&permission={Audit.ReadPermission}");
        Assert.Contains("Who of these?", which);
        Assert.DoesNotContain("id=\"answer\"", which);
        Assert.Contains("The role Administrator, given for the whole site", await Desk.TextAsync(admin, $"/manage/people/why?who=ann&chosen={baker}&permission={Audit.ReadPermission}"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_page_says_what_the_site_decides_whatever_roles_there_are(string database)
    {
        await using var desk = await Desk.OpenAsync(database, "SecurityLibrary", "Hello");
        var admin = await desk.AdministratorAsync();
        var random = new Random(20261121);
        string[] permissions = [LibraryFeature.Tidy, LibraryFeature.Burn, Audit.ReadPermission, Hello.HelloFeature.Permissions.Moderate];
        Guid[] rooms = [Guid.CreateVersion7(), Guid.CreateVersion7()];
        Guid[] shelves = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];
        var roles = new List<Guid>();
        for (var i = 0; i < 4; i++) roles.Add(await desk.RoleAsync($"Role {i}", [.. permissions.Where(_ => random.Next(2) == 0)]));
        await desk.Site.RunAsync(async services =>
        {
            foreach (var shelf in shelves)
                await services.GetRequiredService<Db>().ExecuteAsync($"INSERT INTO test_shelves (id, room_id) VALUES ({shelf}, {rooms[random.Next(2)]})");
        });

        for (var round = 0; round < 25; round++)
        {
            var person = await desk.PersonAsync($"Person {round}");
            Scope[] everywhere = [Scope.Tenant, .. rooms.Select(room => new Scope("room", room)), .. shelves.Select(shelf => new Scope("shelf", shelf))];
            await desk.Site.RunAsync(async services =>
            {
                for (var i = random.Next(4); i > 0; i--)
                    await services.GetRequiredService<ELearning.Roles>().AssignAsync(person, roles[random.Next(roles.Count)], everywhere[random.Next(everywhere.Length)], default);
            });
            var (permission, scope) = (permissions[random.Next(permissions.Length)], everywhere[random.Next(everywhere.Length)]);
            var decision = await desk.DecideAsync(person, permission, scope);

            var page = await Desk.TextAsync(admin, $"/manage/people/why?person={person}&permission={permission}" + (scope == Scope.Tenant ? "" : $"&kind={scope.Kind}&thing={scope.Id}"));

            Assert.Contains($"<span class=\"chip {(decision.Allowed ? "good" : "bad")}\">{(decision.Allowed ? "Yes" : "No")}</span>", page);
            Assert.Equal(decision.Rule.RoleId is not null, page.Contains("Look at the role that decided", StringComparison.Ordinal));
            Assert.Contains(decision.Rule.ToString(), page);
        }
    }
}
