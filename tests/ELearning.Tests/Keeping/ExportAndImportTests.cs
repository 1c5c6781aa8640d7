using System.IO.Compression;
using System.Text;
using ELearning.Blobs;
using ELearning.Data;
using ELearning.Security;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Keeping;

public sealed class SqliteExportAndImportTests(KeepingHosts hosts) : ExportAndImportTests(hosts, "Sqlite", other: "Postgres");

public sealed class PostgresExportAndImportTests(KeepingHosts hosts) : ExportAndImportTests(hosts, "Postgres", other: "Sqlite");

public abstract class ExportAndImportTests(KeepingHosts hosts, string database, string other) : KeepingTest(hosts, database)
{
    private readonly string _name = NewName();

    [Fact]
    public async Task A_tenant_goes_to_the_other_database_and_back_and_is_the_same()
    {
        var (file, first) = await ExportAsync();
        var away = await Hosts.OfAsync(other);
        var there = await ImportAsync(away, file);
        var (second, again) = await ExportAsync(host: away);
        var back = await ImportAsync(Host, second, _name);
        var (_, third) = await ExportAsync(_name);

        Assert.Equal(first.Hash, again.Hash);
        Assert.Equal(first.Hash, third.Hash);
        Assert.Equal(TenantState.Running, there.Tenant.State);
        Assert.Equal(["Emma"], await QueryAsync<string>(Host, _name, $"SELECT title FROM pub_kept_books WHERE shelf = 'Low' AND title <> '' ORDER BY title"));
        Assert.Equal([9_007_199_254_740_993L], await QueryAsync<long>(away, Site.Name, $"SELECT words FROM kept_books WHERE number = {2} ORDER BY number"));
        Assert.Equal([0L], await QueryAsync<long>(Host, back.Tenant.Name, $"SELECT books FROM kept_words ORDER BY word"));
        var bytes = await RunAsync(Host, _name, async services =>
        {
            var blobs = services.GetRequiredService<BlobStore>();
            await using var stream = blobs.Open((await blobs.ListAsync(new("cover", Guid.Parse("01900000-0000-7000-8000-000000000001")), default)).Single());
            var read = new MemoryStream();
            await stream.CopyToAsync(read);
            return read.ToArray();
        });
        Assert.Equal([1, 2, 3], bytes);
    }

    [Fact]
    public async Task Foreign_keys_hold_again_after_an_import()
    {
        var (file, _) = await ExportAsync();
        await ImportAsync(Host, file, _name);

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => RunAsync(Host, _name, services => services.GetRequiredService<Db>().ExecuteAsync(
            $"INSERT INTO kept_visits (id, person_id) VALUES ({Guid.CreateVersion7()}, {Guid.CreateVersion7()})")));
    }

    [Fact]
    public async Task An_export_holds_lines_that_do_not_depend_on_the_database()
    {
        var (file, _) = await ExportAsync();

        var book = (await ReadAsync(file, "tables/kept_books.ndjson")).Split('\n')[1];

        Assert.Equal("""{"cover":"AAH/","facts":{"a":[100,null,true,"é<b>"],"big":12345678901234567890,"nested":{"b":1E+300,"y":0},"z":1.5},"is_thin":true,"lent_at":"2026-02-03T02:05:06.789012Z","number":2,"pages":474,"printed":"1815-12-23","shelf":"01900000-0000-7000-8000-000000000001","title":"Emma","weight":0.1,"words":9007199254740993}""", book);
    }

    [Fact]
    public async Task A_sealed_export_opens_with_its_passphrase_only_and_brings_the_secrets_along()
    {
        var tenant = await TenantAsync(Site.Name);
        var secret = await Site.RunAsync(async services => await services.GetRequiredService<Secrets>().SealAsync("smtp", "hunter2"));
        await ExecuteAsync($"UPDATE kept_loans SET note = {secret} WHERE name = {"Ada"}");
        var (file, exported) = await ExportAsync(passphrase: "correct horse");
        Assert.True(exported.WithSecrets);
        Assert.DoesNotContain("kept_books", Encoding.Latin1.GetString(file.ToArray()), StringComparison.Ordinal);

        var away = await Hosts.OfAsync(other);
        await Assert.ThrowsAsync<KeepingException>(() => ImportAsync(away, file));
        file.Position = 0;
        await Assert.ThrowsAsync<KeepingException>(() => ImportAsync(away, file, passphrase: "wrong"));
        file.Position = 0;
        var imported = await ImportAsync(away, file, passphrase: "correct horse");

        Assert.Equal((tenant.Id, true), (imported.Tenant.Id, imported.WithSecrets));
        Assert.Equal("hunter2", await RunAsync(away, Site.Name, async services => await services.GetRequiredService<Secrets>().OpenAsync("smtp", secret)));
    }

    [Fact]
    public async Task A_sealed_file_that_is_cut_off_or_changed_is_refused()
    {
        var (file, _) = await ExportAsync(passphrase: "x");
        var bytes = file.ToArray();
        bytes[^20] ^= 1;

        await Assert.ThrowsAsync<KeepingException>(() => ImportAsync(Host, new MemoryStream(bytes), _name, "x"));
        await Assert.ThrowsAsync<KeepingException>(() => ImportAsync(Host, new MemoryStream(file.ToArray()[..^30]), _name, "x"));
    }

    [Fact]
    public async Task Without_a_passphrase_no_key_leaves_and_that_is_said()
    {
        await Site.RunAsync(async services => await services.GetRequiredService<Secrets>().SealAsync("smtp", "hunter2"));
        var (file, exported) = await ExportAsync();

        Assert.False(exported.WithSecrets);
        Assert.Contains("\"keys\":[]", await ReadAsync(file, "tenant.json"), StringComparison.Ordinal);
        file.Position = 0;
        Assert.False((await ImportAsync(Host, file, _name)).WithSecrets);
    }

    [Fact]
    public async Task An_older_archive_is_loaded_into_the_tables_of_its_time_and_brought_up_to_date()
    {
        var (file, _) = await ExportAsync();
        var older = await ChangeAsync(file, manifest => manifest with { Versions = new(manifest.Versions) { [LibraryFeature.Id] = 9 } },
            edit: ("tables/kept_shelves.ndjson", text => text.Replace("\"color\":\"red\",", "", StringComparison.Ordinal).Replace("\"color\":null,", "", StringComparison.Ordinal)));

        await ImportAsync(Host, older, _name);

        Assert.Equal(2, (await QueryAsync<Guid>(Host, _name, $"SELECT id FROM kept_shelves WHERE color IS NULL ORDER BY id")).Count);
    }

    [Theory]
    [InlineData("newer", "at version 99")]
    [InlineData("feature", "does not have")]
    [InlineData("table", "table people_secrets")]
    [InlineData("column", "column evil")]
    [InlineData("row", "cannot be read")]
    [InlineData("hash", "manifest was changed")]
    [InlineData("content", "larger than its manifest says")]
    [InlineData("path", "does not name")]
    [InlineData("reference", "do not fit together")]
    [InlineData("media", "is not in it")]
    [InlineData("bomb", "more than")]
    public async Task An_archive_that_lies_is_refused_and_leaves_nothing(string lie, string reason)
    {
        var (file, _) = await ExportAsync();
        var before = await Host.Services.GetRequiredService<Tenants>().PageAsync(null, 1000, default);
        Stream lying = lie switch
        {
            "newer" => await ChangeAsync(file, manifest => manifest with { Versions = new(manifest.Versions) { [LibraryFeature.Id] = 99 } }),
            "feature" => await ChangeAsync(file, manifest => manifest with { Versions = new(manifest.Versions) { ["Nobody"] = 1 } }),
            "table" => await ChangeAsync(file, manifest => manifest with { Tables = [.. manifest.Tables, new("people_secrets", 0, Empty)] }, add: "tables/people_secrets.ndjson"),
            "column" => await ChangeAsync(file, edit: ("tables/kept_visits.ndjson", text => text.Replace("\"id\":", "\"evil\":1,\"id\":", StringComparison.Ordinal))),
            "row" => await ChangeAsync(file, edit: ("tables/kept_books.ndjson", text => text.Replace("true", "\"yes\"", StringComparison.Ordinal))),
            "hash" => await ChangeAsync(file, manifest => manifest with { Hash = new('0', 64) }, rehash: false),
            "content" => await ChangeAsync(file, edit: ("tables/kept_books.ndjson", text => text + text), rehash: false),
            "path" => await ChangeAsync(file, add: "../../etc/passwd"),
            "reference" => await ChangeAsync(file, edit: ("tables/people.ndjson", text => text.Split('\n', 2)[1])),
            "media" => await ChangeAsync(file, manifest => manifest with { Media = [] }, drop: "media/"),
            _ => await ChangeAsync(file, manifest => manifest with { Tables = [.. manifest.Tables.Select(t => t with { File = t.File with { Bytes = long.MaxValue } })] }),
        };

        var refusal = await Assert.ThrowsAsync<KeepingException>(() => ImportAsync(Host, lying, _name));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before.Select(t => t.Name), (await Host.Services.GetRequiredService<Tenants>().PageAsync(null, 1000, default)).Select(t => t.Name));
        Assert.Null(Host.Shells.Table.Find(_name));
    }

    [Fact]
    public async Task What_is_no_archive_is_refused()
    {
        await Assert.ThrowsAsync<KeepingException>(() => ImportAsync(Host, new MemoryStream("hello"u8.ToArray()), _name));
        await Assert.ThrowsAsync<KeepingException>(() => ImportAsync(Host, new MemoryStream(), _name));
    }

    private static ArchivedFile Empty => new(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([])), 0);

    private static async Task<string> ReadAsync(Stream file, string name)
    {
        await using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        using var reader = new StreamReader(await zip.GetEntry(name)!.OpenAsync());
        return await reader.ReadToEndAsync();
    }

    // What an attacker can do: everything fits together but for the lie.
    private static async Task<Stream> ChangeAsync(
        Stream file, Func<Manifest, Manifest>? change = null, (string Name, Func<string, string> Change)? edit = null, string? add = null, string? drop = null, bool rehash = true)
    {
        var contents = new Dictionary<string, byte[]>();
        await using (var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true))
            foreach (var entry in zip.Entries)
            {
                var bytes = new MemoryStream();
                await using (var stream = await entry.OpenAsync()) await stream.CopyToAsync(bytes);
                contents[entry.FullName] = bytes.ToArray();
            }
        var manifest = Json.To<Manifest>(Encoding.UTF8.GetString(contents["manifest.json"]));
        contents.Remove("manifest.json");
        if (edit is var (name, rewrite))
        {
            contents[name] = Encoding.UTF8.GetBytes(rewrite(Encoding.UTF8.GetString(contents[name])));
            var table = manifest.Tables.Single(t => ArchiveReader.NameOf(t) == name);
            if (rehash)
                manifest.Tables[manifest.Tables.IndexOf(table)] = table with
                {
                    Rows = Encoding.UTF8.GetString(contents[name]).Count(c => c == '\n'),
                    File = new(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(contents[name])), contents[name].Length),
                };
        }
        if (add is not null) contents[add] = [];
        if (drop is not null) contents = contents.Where(c => !c.Key.StartsWith(drop, StringComparison.Ordinal)).ToDictionary();
        manifest = change?.Invoke(manifest) ?? manifest;
        if (rehash) manifest = manifest with { Hash = Manifest.HashOf(manifest.Tables, manifest.Media) };
        contents["manifest.json"] = Encoding.UTF8.GetBytes(Json.Of(manifest));

        var changed = new MemoryStream();
        await using (var zip = new ZipArchive(changed, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (path, bytes) in contents)
            {
                await using var entry = await zip.CreateEntry(path).OpenAsync();
                await entry.WriteAsync(bytes);
            }
        changed.Position = 0;
        return changed;
    }
}
