using System.Text.Json.Nodes;
using ELearning.Settings;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Tests.Settings;

public sealed class SettingsOnSqlite() : SettingsTests("Sqlite");

public sealed class SettingsOnPostgres() : SettingsTests("Postgres");

public abstract class SettingsTests(string database) : IAsyncLifetime
{
    private TestSite _site = null!;

    public async Task InitializeAsync() => _site = await TestSite.StartAsync(database, "Notes");

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task Before_anybody_changed_a_setting_its_default_is_in_force_and_nobody_is_named()
    {
        var title = await FindAsync("Title");

        Assert.Equal(("\"Notes\"", "\"Notes\"", false, null, null), (title.Value, title.Default, title.IsSet, title.By, title.At));
        Assert.Equal("Notes", (await NotesAsync()).Title);
    }

    [Fact]
    public async Task A_change_is_in_force_at_once_and_says_who_made_it_and_when()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        var version = _site.Tenant.Version;

        Assert.IsType<SettingsSaved>(await ChangeAsync("""{ "title": "Wall", "Rows": 20, "Colour": "Pink", "Editors": ["ada"], "Until": "2026-09-01" }""", "ada"));
        Assert.IsType<SettingsSaved>(await ChangeAsync("""{ "Rows": 30 }""", "bob"));

        var notes = await NotesAsync();
        Assert.Equal(("Wall", 30, Colour.Pink, "ada", new DateOnly(2026, 9, 1)), (notes.Title, notes.Rows, notes.Colour, notes.Editors.Single(), notes.Until));
        Assert.Equal(version + 2, _site.Tenant.Version);
        var (title, rows) = (await FindAsync("Title"), await FindAsync("Rows"));
        Assert.Equal(("\"Wall\"", "ada", "30", "bob"), (title.Value, title.By, rows.Value, rows.By));
        Assert.InRange(title.At!.Value, before, DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task Setting_the_default_again_leaves_no_row_and_an_equal_value_changes_nothing()
    {
        await ChangeAsync("""{ "Rows": 20 }""");
        var version = _site.Tenant.Version;
        Assert.IsType<SettingsSaved>(await ChangeAsync("""{ "Rows": 20 }"""));
        Assert.Equal(version, _site.Tenant.Version);

        await ChangeAsync("""{ "Rows": 10 }""");

        Assert.False((await FindAsync("Rows")).IsSet);
        Assert.Empty(await Platform.Open().ListAsync<string>($"SELECT key FROM tenant_settings WHERE tenant = {_site.Tenant.Id}"));
    }

    [Theory]
    [InlineData("""{ "Rows": 101 }""", "Notes.Rows: The field Rows must be between 1 and 100.")]
    [InlineData("""{ "Rows": "10" }""", "Notes.Rows: \"Rows\" must be a whole number, such as 10; here is a text.")]
    [InlineData("""{ "Rows": 99999999999 }""", "Notes.Rows: \"Rows\" must be between -2147483648 and 2147483647, not 99999999999.")]
    [InlineData("""{ "Title": null }""", "Notes.Title: \"Title\" must be a text, such as \"text\"; here is null.")]
    [InlineData("""{ "Title": "" }""", "Notes.Title: The Title field is required.")]
    [InlineData("""{ "Rows": 60 }""", "Notes.Rows: A public wall has at most 50 rows.")]
    [InlineData("""{ "Colour": "Pnik", "Titel": "x" }""", "Notes.Colour: There is no Colour \"Pnik\". Did you mean \"Pink\"? Notes.Titel: There is no such property. Did you mean \"Title\"?")]
    public async Task A_value_against_the_rules_is_refused_by_field_and_changes_nothing(string values, string errors)
    {
        var version = _site.Tenant.Version;

        Assert.Equal(errors, Assert.IsType<SettingsRefused>(await ChangeAsync(values)).ToString());

        Assert.Equal(version, _site.Tenant.Version);
        Assert.Equal(10, (await NotesAsync()).Rows);
    }

    [Fact]
    public async Task Of_two_changes_that_read_the_same_version_the_second_is_told_so()
    {
        var read = _site.Tenant.Version;
        Assert.IsType<SettingsSaved>(await Settings.ChangeAsync(_site.Name, read, "Notes", new() { ["Rows"] = 20 }, "ada", default));

        Assert.IsType<SettingsStale>(await Settings.ChangeAsync(_site.Name, read, "Notes", new() { ["Rows"] = 30 }, "bob", default));

        Assert.Equal(20, (await NotesAsync()).Rows);
    }

    [Fact]
    public async Task Of_many_changes_at_once_one_is_made()
    {
        var read = _site.Tenant.Version;

        var outcomes = await Task.WhenAll(Enumerable.Range(20, 5).Select(rows => Settings.ChangeAsync(_site.Name, read, "Notes", new() { ["Rows"] = rows }, "ada", default)));

        Assert.Single(outcomes.OfType<SettingsSaved>());
        Assert.Equal(4, outcomes.OfType<SettingsStale>().Count());
        Assert.Equal(read + 1, _site.Tenant.Version);
    }

    [Fact]
    public async Task A_secret_reaches_its_module_and_nobody_else()
    {
        await ChangeAsync("""{ "Token": "hunter2" }""");

        Assert.Equal("hunter2", (await NotesAsync()).Token);
        var token = await FindAsync("Token");
        Assert.Equal((null, null, true, true, "ada"), (token.Value, token.Default, token.IsSecret, token.IsSet, token.By));
        Assert.DoesNotContain("hunter2", (await Platform.Open().ListAsync<string>($"SELECT json FROM tenant_settings WHERE tenant = {_site.Tenant.Id}")).Single());

        await ChangeAsync("""{ "Rows": 20 }""");
        Assert.Equal("hunter2", (await NotesAsync()).Token);
        await ChangeAsync("""{ "Token": "" }""");
        Assert.Equal("", (await NotesAsync()).Token);
    }

    [Fact]
    public async Task Values_of_another_release_do_no_harm()
    {
        foreach (var (key, json) in new[] { ("Notes.Rows", "\"ten\""), ("Notes.Colour", "\"Mauve\""), ("Notes.Gone", "1"), ("Gone.Title", "1"), ("Notes.Title", "\"Kept\"") })
            await Platform.Open().ExecuteAsync(
                $"INSERT INTO tenant_settings (tenant, key, json, by, at) VALUES ({_site.Tenant.Id}, {key}, {json}, {"ada"}, {DateTimeOffset.UnixEpoch})");

        var notes = (NoteSettings)(await Store.LoadAsync(_site.Tenant, default)).Single(setting => setting.Type == typeof(NoteSettings)).Value;

        Assert.Equal(("Kept", 10, Colour.Yellow), (notes.Title, notes.Rows, notes.Colour));
        Assert.False((await FindAsync("Rows")).IsSet);
        Assert.IsType<SettingsSaved>(await ChangeAsync("""{ "Rows": 20 }"""));
    }

    [Fact]
    public async Task No_tenant_sees_the_settings_of_another()
    {
        await using var other = await TestSite.StartAsync(database, "Notes");
        await ChangeAsync("""{ "Title": "Mine" }""");

        Assert.Equal("Notes", (await other.RunAsync(services => Task.FromResult(services.GetRequiredService<NoteSettings>()))).Title);
    }

    private TenantSettings Settings => _site.Host.Services.GetRequiredService<TenantSettings>();

    private SettingStore Store => _site.Host.Services.GetRequiredService<SettingStore>();

    private PlatformDb Platform => _site.Host.Services.GetRequiredService<PlatformDb>();

    private Task<SettingsOutcome> ChangeAsync(string values, string by = "ada") =>
        Settings.ChangeAsync(_site.Name, _site.Tenant.Version, "Notes", (JsonObject)JsonNode.Parse(values)!, by, default);

    private async Task<SettingValue> FindAsync(string property) =>
        (await Settings.ListAsync(_site.Name, default)).Values.Single(value => value.Name == "Notes" && value.Property == property);

    private Task<NoteSettings> NotesAsync() => _site.RunAsync(services => Task.FromResult(services.GetRequiredService<NoteSettings>()));
}
