using ELearning.Data;
using ELearning.Recipes;
using ELearning.Settings;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Tests.Recipes;

public sealed class RunRecipeOnSqlite() : RunRecipeTests("Sqlite");

public sealed class RunRecipeOnPostgres() : RunRecipeTests("Postgres");

public abstract class RunRecipeTests(string database) : IAsyncLifetime
{
    private const string School = """
        {
          "name": "test",
          "variables": { "first": "[uuid()]" },
          "steps": [
            { "name": "feature", "enable": ["Notes"] },
            { "name": "themes", "site": "Cork" },
            { "name": "settings", "SiteName": "School", "TimeZoneId": "Europe/Berlin", "Culture": "de", "HomeRoute": "/notes",
              "Notes": { "Title": "[[Wall]", "Rows": 20, "Colour": "Pink", "Editors": ["ada"], "Until": "2026-09-01" } },
            { "name": "notes", "Texts": ["[variables('first')]", "two"] },
            { "name": "Roles", "Roles": [
              { "Name": "Warden", "Description": "Keeps the wall", "Permissions": ["WriteNotes", "ReadNotes"] },
              { "Name": "Learner", "PermissionBehavior": "Add", "Permissions": ["ReadNotes"] } ] }
          ]
        }
        """;

    private TestSite _site = null!;

    public async Task InitializeAsync() => _site = await TestSite.StartAsync(database);

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task A_recipe_sets_a_tenant_up()
    {
        var run = await RunAsync(School);

        Assert.Equal((RunState.Done, null, "ada"), (run.State, run.Error, run.By));
        Assert.Equal(["feature", "themes", "settings", "notes", "Roles"], run.Steps.Select(s => s.Name));
        Assert.Equal([new("Feature Notes", "off", "on"), new("Feature Walls", "off", "on")], run.Steps[0].Changes);
        var tenant = _site.Tenant;
        Assert.Equal(("School", "Europe/Berlin", "de", "Cork"), (tenant.Title, tenant.Zone, tenant.Culture, tenant.Theme));
        var notes = await SettingAsync<NoteSettings>();
        Assert.Equal(("[Wall]", 20, Colour.Pink, "ada", new DateOnly(2026, 9, 1)), (notes.Title, notes.Rows, notes.Colour, notes.Editors.Single(), notes.Until));
        Assert.Equal("/notes", (await SettingAsync<SiteSettings>()).HomeRoute);
        Assert.Equal("two", (await NotesAsync()).Single(text => !Guid.TryParse(text, out _)));
    }

    [Fact]
    public async Task Roles_are_made_and_changed_as_the_step_says()
    {
        await RunAsync(School);

        var run = await RunAsync("""
            { "name": "test", "steps": [ { "name": "Roles", "Roles": [
              { "Name": "warden", "PermissionBehavior": "Remove", "Permissions": ["WriteNotes"] },
              { "Name": "Learner", "PermissionBehavior": "Replace", "Permissions": [] },
              { "Name": "Administrator", "PermissionBehavior": "Replace", "Permissions": ["ReadNotes"] } ] } ] }
            """);

        Assert.Contains("The role Administrator was not changed: nobody could give roles any more. Leave roles.manage to it.", run.Error);
        var roles = await _site.RunAsync(services => services.GetRequiredService<Roles>().ListAsync(default));
        Assert.Equal(["ReadNotes"], roles.Single(role => role.Name == "warden" || role.Name == "Warden").Permissions);
        Assert.Empty(roles.Single(role => role.Id == Roles.Learner).Permissions);
        Assert.NotEqual(["ReadNotes"], roles.Single(role => role.Id == Roles.Administrator).Permissions);
    }

    [Fact]
    public async Task Running_it_again_changes_nothing()
    {
        var fixedNotes = School.Replace("[variables('first')]", "one");
        await RunAsync(fixedNotes);
        var before = _site.Tenant;

        var again = await RunAsync(fixedNotes);

        Assert.Equal(RunState.Done, again.State);
        Assert.All(again.Steps, step => Assert.Empty(step.Changes));
        Assert.Equal(before.Version, _site.Tenant.Version);
        Assert.Equal(["one", "two"], await NotesAsync());
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_and_tells_what_running_it_then_does()
    {
        await _site.EnableAsync("Notes");
        var before = _site.Tenant;
        var text = School.Replace("[variables('first')]", "one");
        text = text.Replace("\"steps\": [", """
            "steps": [ { "name": "settings", "SiteName": "First", "Notes": { "Rows": 20 } }, { "name": "settings", "SiteName": "Test site" },
            """);

        var plan = await PlanAsync(text);

        Assert.Equal(before.Version, _site.Tenant.Version);
        Assert.Empty(await NotesAsync());
        var run = await RunAsync(text);
        Assert.Equal(run.Steps.Select(s => (s.Name, s.Line)), plan.Steps.Select(s => (s.Name, s.Line)));
        Assert.Equal(run.Steps.Select(s => string.Join("; ", s.Changes)), plan.Steps.Select(s => string.Join("; ", s.Changes)));
        Assert.Equal([new("SiteName", "First", "Test site")], plan.Steps[1].Changes);
    }

    [Fact]
    public async Task A_step_of_a_feature_that_is_not_on_yet_says_so_in_a_dry_run()
    {
        var plan = await PlanAsync(School);

        Assert.Equal("Can be planned when the feature Notes is on.", plan.Steps[3].Note);
    }

    [Fact]
    public async Task A_recipe_with_a_mistake_does_nothing()
    {
        var before = _site.Tenant;
        var text = """
            { "name": "test", "steps": [
              { "name": "settings", "SiteName": "Changed" },
              { "name": "notes", "Texts": [] },
              { "name": "quota", "Tenants": 5 },
              { "name": "feature", "enable": ["Notse"] } ] }
            """;

        var outcome = await Executor.RunAsync(_site.Name, RecipeSource.Of("test", text), NoParameters, "ada", default);

        Assert.Equal(
            """
            test.recipe.json(5,35): There is no feature "Notse". Did you mean "Notes"?
            test.recipe.json(3,3): The step "notes" belongs to the feature Notes, which is off here. Enable it in a feature step before this one.
            test.recipe.json(4,3): The step "quota" is for the platform's own site only. Run it on Default.
            """, string.Join("\n", Assert.IsType<RecipeMistaken>(outcome).Mistakes));
        Assert.Equal(before.Version, _site.Tenant.Version);
    }

    [Fact]
    public async Task A_failing_step_stops_the_run_says_where_and_why_and_the_run_can_be_resumed()
    {
        await _site.EnableAsync("Notes");

        var run = await RunAsync("""
            { "name": "test", "steps": [
              { "name": "settings", "SiteName": "Before" },
              { "name": "notes", "Texts": ["[parameters('Text')]", "bad"], "FailOn": "bad" },
              { "name": "settings", "SiteName": "After" } ] }
            """, ("Text", "once"));

        Assert.Equal(RunState.Failed, run.State);
        Assert.Equal("test.recipe.json(3): the step \"notes\" failed. The wall fell down.", run.Error);
        Assert.Equal(["settings"], run.Steps.Select(s => s.Name));
        Assert.Equal("Before", _site.Tenant.Title);
        Assert.Equal(["once"], await NotesAsync());

        await _site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync($"INSERT INTO notes (text) VALUES ({"repaired"})"));
        var again = await Executor.ResumeAsync(run.Id, default);
        Assert.Equal((RunState.Done, null, 3), (again.State, again.Error, again.Steps.Count));
        Assert.Equal("After", _site.Tenant.Title);
        Assert.Equal(["bad", "once", "repaired"], await NotesAsync());
    }

    [Fact]
    public async Task A_run_that_a_crash_ended_goes_on_after_its_last_finished_step_with_the_same_values()
    {
        await _site.EnableAsync("Notes");
        var run = await RunAsync("""
            { "name": "test", "variables": { "id": "[uuid()]" }, "steps": [
              { "name": "settings", "SiteName": "[variables('id')]" },
              { "name": "notes", "Texts": ["[variables('id')]", "bad"], "FailOn": "bad" } ] }
            """);
        // What a crash in the second step leaves behind, and then somebody changes what the first had set.
        var id = _site.Tenant.Title;
        await RunAsync("""{ "name": "test", "steps": [ { "name": "settings", "SiteName": "Since" }, { "name": "notes", "Texts": ["repaired"] } ] }""");
        await Platform.Open().ExecuteAsync($"UPDATE recipe_runs SET state = 'Running', error = NULL, ended_at = NULL WHERE id = {run.Id}");

        await Executor.ResumeInterruptedAsync(default);

        Assert.Equal("Since", _site.Tenant.Title);
        Assert.Equal(new[] { id, "bad", "repaired" }.Order(StringComparer.Ordinal), await NotesAsync());
        Assert.Equal("Done", await Platform.Open().FirstAsync<string>($"SELECT state FROM recipe_runs WHERE id = {run.Id} AND steps IS NULL"));
    }

    [Fact]
    public async Task What_a_run_keeps_of_its_parameters_until_it_is_done_is_sealed()
    {
        await _site.EnableAsync("Notes");
        var run = await RunAsync("""
            { "name": "test", "steps": [ { "name": "settings", "Notes": { "Token": "[parameters('Password')]" } },
              { "name": "notes", "Texts": ["bad"], "FailOn": "bad" } ] }
            """, ("Password", "hunter2"));

        Assert.Equal("hunter2", (await SettingAsync<NoteSettings>()).Token);
        Assert.Equal([new("Notes.Token", "a secret", "another secret")], run.Steps[0].Changes);
        var kept = await Platform.Open().FirstAsync<string>($"SELECT steps FROM recipe_runs WHERE id = {run.Id}");
        Assert.NotNull(kept);
        Assert.DoesNotContain("hunter2", kept);
        Assert.DoesNotContain("hunter2", await Platform.Open().FirstAsync<string>($"SELECT json FROM tenant_settings WHERE tenant = {_site.Tenant.Id}"));
    }

    [Fact]
    public async Task A_tenant_written_down_and_run_on_a_fresh_one_gives_the_same_and_on_itself_nothing()
    {
        await RunAsync(School.Replace("\"Rows\": 20", "\"Rows\": 20, \"Token\": \"hunter2\", \"Footer\": \"[[[x]]\""));

        var written = await Writer.WriteAsync(_site.Name, default);

        Assert.StartsWith("// Secrets are not written out: Notes.Token.", written);
        Assert.DoesNotContain("hunter2", written);
        var plan = await PlanAsync(written);
        Assert.All(plan.Steps, step => Assert.Equal((0, null), (step.Changes.Count, step.Note)));

        await using var fresh = await TestSite.StartAsync(database);
        var copied = Assert.IsType<RecipeRun>(await Executor.RunAsync(fresh.Name, RecipeSource.Of("copy", written), NoParameters, "ada", default));
        Assert.Null(copied.Error);
        var (one, other) = (_site.Tenant, fresh.Tenant);
        Assert.Equal((one.Title, one.Zone, one.Culture, one.Theme), (other.Title, other.Zone, other.Culture, other.Theme));
        Assert.Equal(one.Features, other.Features);
        Assert.Equal(written.Replace(one.Name, other.Name).Split('\n')[1..], (await Writer.WriteAsync(fresh.Name, default)).Split('\n'));
    }

    private static Dictionary<string, string> NoParameters => [];

    private RecipeExecutor Executor => _site.Host.Services.GetRequiredService<RecipeExecutor>();

    private RecipeWriter Writer => _site.Host.Services.GetRequiredService<RecipeWriter>();

    private PlatformDb Platform => _site.Host.Services.GetRequiredService<PlatformDb>();

    private async Task<RecipeRun> RunAsync(string text, params (string Name, string Value)[] parameters) => Assert.IsType<RecipeRun>(
        await Executor.RunAsync(_site.Name, RecipeSource.Of("test", text), parameters.ToDictionary(p => p.Name, p => p.Value), "ada", default));

    private async Task<RecipePlan> PlanAsync(string text) =>
        Assert.IsType<RecipePlan>(await Executor.PlanAsync(_site.Name, RecipeSource.Of("test", text), NoParameters, "ada", default));

    private Task<T> SettingAsync<T>() where T : notnull => _site.RunAsync(services => Task.FromResult(services.GetRequiredService<T>()));

    private Task<List<string>> NotesAsync() => _site.QueryAsync<string>($"SELECT text FROM notes ORDER BY text");
}
