using System.IO.Compression;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Keeping;

public sealed class SqliteKeepingTests(KeepingHosts hosts) : KeepingTests(hosts, "Sqlite");

public sealed class PostgresKeepingTests(KeepingHosts hosts) : KeepingTests(hosts, "Postgres");

public abstract class KeepingTests(KeepingHosts hosts, string database) : KeepingTest(hosts, database)
{
    [Fact]
    public async Task A_backup_is_restored_with_what_an_export_leaves_out()
    {
        var (file, _) = await ExportAsync(kind: ArchiveKind.Backup);
        var before = await TenantAsync(Site.Name);
        await ExecuteAsync($"DELETE FROM kept_books");
        await ExecuteAsync($"UPDATE kept_words SET books = {99L}");

        var restored = await RestoreAsync(file);

        Assert.Equal((TenantState.Running, before.Id, before.Name), (restored.Tenant.State, restored.Tenant.Id, restored.Tenant.Name));
        Assert.Equal(["", "Emma"], await Site.QueryAsync<string>($"SELECT title FROM kept_books ORDER BY title"));
        Assert.Equal([7L], await Site.QueryAsync<long>($"SELECT books FROM kept_words ORDER BY word"));
        Assert.Equal((await ExportAsync()).What.Hash, await HashAfterAnotherRestoreAsync());
    }

    [Fact]
    public async Task A_restore_that_fails_leaves_the_tenant_as_it_was()
    {
        var (file, _) = await ExportAsync(kind: ArchiveKind.Backup);
        var before = await TenantAsync(Site.Name);

        await Assert.ThrowsAsync<KeepingException>(() => RestoreAsync(new MemoryStream(Damaged(file))));

        var after = await TenantAsync(Site.Name);
        Assert.Equal((before.Key, TenantState.Running), (after.Key, after.State));
        Assert.Equal(["", "Emma"], await Site.QueryAsync<string>($"SELECT title FROM kept_books ORDER BY title"));
    }

    [Fact]
    public async Task The_archive_of_one_tenant_does_not_restore_another()
    {
        var (file, _) = await ExportAsync(kind: ArchiveKind.Backup);
        await using var second = await TestSite.StartAsync(Host, LibraryFeature.Id);

        await Assert.ThrowsAsync<KeepingException>(() => Host.Services.GetRequiredService<RestoreTenant>().RunAsync(second.Name, file, null, default));
    }

    [Fact]
    public async Task A_person_gets_all_rows_about_them_and_none_about_others()
    {
        var file = new MemoryStream();
        var exported = await Host.Services.GetRequiredService<ExportPerson>().RunAsync(await TenantAsync(Site.Name), Ada, file, default);

        Assert.Equal((1, 1, 1, 1), (exported.Rows["people"], exported.Rows["kept_loans"], exported.Rows["kept_visits"], exported.Rows["kept_fines"]));
        await using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        using var reader = new StreamReader(await zip.GetEntry("kept_loans.ndjson")!.OpenAsync());
        var text = await reader.ReadToEndAsync();
        Assert.Contains("Ada@x.org", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Bob", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_erased_person_leaves_no_name_and_others_keep_theirs()
    {
        var first = await EraseAsync(Ada);
        var second = await EraseAsync(Ada);

        Assert.Equal(["Erased person|erased", "Bob Éclair 漢字 \U0001F600|active"], await Site.QueryAsync<string>($"SELECT display_name || '|' || state FROM people ORDER BY id"));
        Assert.Equal([$"erased-{Ada:N}", "Bob"], await Site.QueryAsync<string>($"SELECT name FROM kept_loans ORDER BY person_id"));
        Assert.Equal(1, await CountAsync($"SELECT person_id FROM kept_loans WHERE note IS NULL ORDER BY id"));
        Assert.Equal([Bob], await Site.QueryAsync<Guid>($"SELECT person_id FROM kept_visits ORDER BY id"));
        Assert.Equal(2, await CountAsync($"SELECT person_id FROM kept_fines ORDER BY id"));
        Assert.Equal(1, await CountAsync($"SELECT id FROM audit WHERE act = {"person-erased"} ORDER BY id"));
        Assert.Equal((1, 0), (first.Removed["kept_visits"], second.Removed["kept_visits"]));
    }

    [Fact]
    public async Task Trash_is_purged_after_30_days_and_not_before()
    {
        var (old, recent) = (DateTimeOffset.UtcNow.AddDays(-31), DateTimeOffset.UtcNow.AddDays(-29));
        await ExecuteAsync($"INSERT INTO kept_shelves (id, name, trashed_at) VALUES ({Guid.CreateVersion7()}, {"Old"}, {old})");
        await ExecuteAsync($"INSERT INTO kept_shelves (id, name, trashed_at) VALUES ({Guid.CreateVersion7()}, {"Recent"}, {recent})");
        await ExecuteAsync($"UPDATE people SET trashed_at = {old} WHERE id = {Bob}");

        await Site.RunAsync(services => ActivatorUtilities.CreateInstance<PurgeTrash>(services).RunAsync(null!, default));

        Assert.Equal(["Low", "Recent", "Top \"shelf\"\nsecond line"], await Site.QueryAsync<string>($"SELECT name FROM kept_shelves ORDER BY name"));
        Assert.Equal(["active", "erased"], await Site.QueryAsync<string>($"SELECT state FROM people ORDER BY id"));
    }

    [Fact]
    public async Task The_data_of_a_feature_go_only_when_it_is_off_and_after_an_export()
    {
        Assert.Contains("is on", (await RemoveAsync(new MemoryStream())).Refusal, StringComparison.Ordinal);
        await Site.DisableAsync(LibraryFeature.Id);
        var file = new MemoryStream();

        var removed = await RemoveAsync(file);

        Assert.Null(removed.Refusal);
        Assert.True(file.Length > 0);
        Assert.Contains("no data", (await RemoveAsync(new MemoryStream())).Refusal, StringComparison.Ordinal);
        await Site.EnableAsync(LibraryFeature.Id);
        Assert.Empty(await Site.QueryAsync<string>($"SELECT title FROM pub_kept_books ORDER BY title"));
        Assert.Equal(2, await CountAsync($"SELECT id FROM people ORDER BY id"));
    }

    private async Task<string> HashAfterAnotherRestoreAsync()
    {
        var (file, what) = await ExportAsync(kind: ArchiveKind.Export);
        await RestoreAsync(file);
        Assert.Equal(what.Hash, (await ExportAsync()).What.Hash);
        return what.Hash;
    }

    private Task<Imported> RestoreAsync(Stream file) => Host.Services.GetRequiredService<RestoreTenant>().RunAsync(Site.Name, file, null, default);

    private Task<PersonErased> EraseAsync(Guid person) => Site.RunAsync(services => services.GetRequiredService<ErasePerson>().RunAsync(person, default));

    private async Task<FeatureDataRemoved> RemoveAsync(Stream target) =>
        await Host.Services.GetRequiredService<RemoveFeatureData>().RunAsync(Site.Name, LibraryFeature.Id, target, null, default);

    private async Task<int> CountAsync(Sql sql) => (await Site.QueryAsync<Guid>(sql)).Count;

    // One bit within the rows of the books, which are stored compressed.
    private static byte[] Damaged(MemoryStream file)
    {
        var bytes = file.ToArray();
        var at = bytes.AsSpan().IndexOf("tables/kept_books.ndjson"u8) + 60;
        bytes[at] ^= 4;
        return bytes;
    }
}
