using System.Text.Json;
using ELearning.Blobs;
using ELearning.Data;
using ELearning.Security;
using ELearning.Settings;
using ELearning.Shells;

namespace ELearning.Keeping;

/// <summary>One tenant as one file, all of it as it was at one moment, while it runs. An export and a backup differ in what they leave out.</summary>
internal sealed class ExportTenant(Engine engine, FeatureCatalog catalog, BlobFolder blobs, TenantKeys keys, SettingStore settings, TimeProvider clock)
{
    /// <param name="passphrase">Seals the file, which then has the tenant's keys as well. Without one its secrets cannot be opened elsewhere.</param>
    /// <param name="only">Null, or the features whose tables are wanted.</param>
    public async Task<Exported> RunAsync(Tenant tenant, Stream target, ArchiveKind kind, string? passphrase, string[]? only, CancellationToken ct)
    {
        if (passphrase is null) return await WriteAsync(tenant, target, kind, withKeys: false, only, ct);

        await using var plain = TemporaryFile.New();
        var exported = await WriteAsync(tenant, plain, kind, withKeys: true, only, ct);
        plain.Position = 0;
        await Passphrase.SealAsync(plain, target, passphrase, ct);
        return exported;
    }

    private async Task<Exported> WriteAsync(Tenant tenant, Stream target, ArchiveKind kind, bool withKeys, string[]? only, CancellationToken ct)
    {
        await using var archive = new ArchiveWriter(target);
        var described = await DescribeAsync(tenant, withKeys, ct);
        var tenantFile = await archive.AddAsync("tenant.json", stream => JsonSerializer.SerializeAsync(stream, described, Json.Options, ct));

        var (tables, media, leftOut) = (new List<ArchivedTable>(), new List<ArchivedMedia>(), new List<string>());
        await using var owner = engine.OpenAsOwner(tenant.Key);
        var versions = await Migrator.VersionsAsync(owner, ct);
        await using (var snapshot = await owner.BorrowAsync(Use.Snapshot, ct))
        {
            var shapes = await TableShape.ReadAllAsync(snapshot, owner.Dialect, ct);
            foreach (var table in catalog.Tables.Where(table => versions.ContainsKey(table.Feature) && only?.Contains(table.Feature) != false).OrderBy(table => table.Export))
            {
                if (!shapes.TryGetValue(table.Name, out var shape) || table.Export == 0 && (kind == ArchiveKind.Export || shape.Key.Length == 0))
                {
                    leftOut.Add(table.Name);
                    continue;
                }
                long rows = 0;
                var file = await archive.AddAsync($"tables/{table.Name}.ndjson", async stream => rows = await TableRows.WriteAsync(snapshot, shape, null, stream, ct));
                tables.Add(new(table.Name, rows, file));
            }
            leftOut.AddRange(shapes.Keys.Except(catalog.Tables.Select(table => table.Name)).Where(name => name != "schema_versions" && only is null).Order(StringComparer.Ordinal));
            if (only is null && shapes.ContainsKey("blobs")) media = await MediaAsync(snapshot, ct);
        }

        // After the rows: bytes stay for a week after their last reference, so all that the rows name are still here.
        foreach (var blob in media) await AddAsync(archive, tenant, blob, ct);

        var manifest = new Manifest(Manifest.Known, kind, clock.GetUtcNow(), Manifest.HashOf(tables, media),
            only is null ? versions : versions.Where(version => only.Contains(version.Key)).ToDictionary(), tenantFile, tables, media, leftOut);
        await archive.FinishAsync(manifest, ct);
        return new(manifest.Hash, tables.Sum(table => table.Rows), tables.Count, media.Count, withKeys, leftOut);
    }

    private async Task<ArchivedTenant> DescribeAsync(Tenant tenant, bool withKeys, CancellationToken ct)
    {
        return new(tenant.Id, tenant.Name, tenant.Title, tenant.Hosts, tenant.Prefix, tenant.Features, tenant.Theme, tenant.Zone, tenant.Culture,
            withKeys ? await keys.ExportAsync(tenant, ct) : [],
            [.. (await settings.RowsAsync(tenant, ct)).Select(row => new ArchivedSetting(row.Key, row.Json, row.By, row.At))]);
    }

    private static async Task<List<ArchivedMedia>> MediaAsync(Borrowed snapshot, CancellationToken ct)
    {
        var media = new List<ArchivedMedia>();
        await using var command = snapshot.Command($"SELECT hash, size FROM blobs WHERE uses > 0 ORDER BY hash");
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) media.Add(new(reader.GetString(0), reader.GetInt64(1)));
        return media;
    }

    private async Task AddAsync(ArchiveWriter archive, Tenant tenant, ArchivedMedia blob, CancellationToken ct)
    {
        await using var bytes = new FileStream(blobs.PathOf(tenant.Key, blob.Hash), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 0, useAsync: true);
        var written = await archive.AddAsync(ArchiveReader.NameOf(blob), stream => bytes.CopyToAsync(stream, ct), compress: false);
        if (written != new ArchivedFile(blob.Hash, blob.Size)) throw new KeepingException($"The file {blob.Hash} of {tenant.Name} is damaged on disk.");
    }
}

/// <param name="WithSecrets">False: passwords and keys that the tenant sealed cannot be opened after an import elsewhere and have to be entered again.</param>
/// <param name="LeftOut">Tables that can be made anew, and those of features that this host does not know.</param>
internal sealed record Exported(string Hash, long Rows, int Tables, int Media, bool WithSecrets, IReadOnlyList<string> LeftOut);

/// <summary>A file that nobody else may read, gone when it is closed.</summary>
internal static class TemporaryFile
{
    public static FileStream New()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(Path.Combine(Path.GetTempPath(), "elearning-" + Guid.NewGuid().ToString("N")), options);
    }
}
