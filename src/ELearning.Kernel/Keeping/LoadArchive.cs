using System.Data.Common;
using System.Text.RegularExpressions;
using ELearning.Blobs;
using ELearning.Data;

namespace ELearning.Keeping;

/// <summary>Makes a tenant's database and files out of an archive, under a key that nothing uses yet. Whoever asked drops both when this fails.</summary>
internal sealed partial class LoadArchive(Engine engine, Migrator migrator, FeatureCatalog catalog, BlobFolder blobs)
{
    /// <summary>How large an archive may unpack when nobody says otherwise.</summary>
    public const long Limit = 200L << 30;

    /// <summary>The archive in a file of our own, opened with the passphrase when it needs one. Nothing is changed by that.</summary>
    public static async Task<T> ReadAsync<T>(Stream source, string? passphrase, long limit, Func<ArchiveReader, Task<T>> read, CancellationToken ct)
    {
        await using var file = TemporaryFile.New();
        await source.CopyToAsync(file, ct);
        file.Position = 0;
        if (!Passphrase.IsSealed(file)) return await OpenAsync(file);
        if (passphrase is null) throw new KeepingException("The archive is sealed: give its passphrase.");

        await using var plain = TemporaryFile.New();
        await Passphrase.OpenAsync(file, plain, passphrase, ct);
        plain.Position = 0;
        return await OpenAsync(plain);

        async Task<T> OpenAsync(Stream zip)
        {
            await using var archive = await ArchiveReader.OpenAsync(zip, limit, ct);
            return await read(archive);
        }
    }

    /// <param name="on">The features that the tenant will have on; their tables are brought to this release.</param>
    public async Task RunAsync(ArchiveReader archive, string key, IReadOnlySet<string> on, CancellationToken ct)
    {
        var then = Then(archive.Manifest);
        await engine.CreateAsync(key, ct);
        await migrator.MigrateAsync(key, then, archive.Manifest.Versions.Keys.ToHashSet(), ct);
        await FillAsync(archive, key, then, ct);
        await migrator.MigrateAsync(key, catalog.Schemas, on, ct);
        foreach (var media in archive.Manifest.Media) await KeepAsync(archive, key, media, ct);
    }

    public async Task UndoAsync(string key)
    {
        await engine.DropAsync(key, CancellationToken.None);
        blobs.DeleteAll(key);
    }

    // The lists as they were when the archive was made, so that its rows meet the tables that they come from.
    private List<Schema> Then(Manifest manifest)
    {
        foreach (var (feature, version) in manifest.Versions)
        {
            var known = catalog.Schemas.FirstOrDefault(schema => schema.Feature == feature)?.Migrations.Length
                ?? throw new KeepingException($"The archive has data of {feature}, which this host does not have. Add its module, or export without it.");
            if (version > known || version < 1)
                throw new KeepingException($"The archive has the tables of {feature} at version {version}, this host knows {known}. Use the release that made it, or a later one.");
        }
        return [.. catalog.Schemas.Where(schema => manifest.Versions.ContainsKey(schema.Feature))
            .Select(schema => new Schema(schema.Feature, schema.Migrations[..manifest.Versions[schema.Feature]]))];
    }

    private async Task FillAsync(ArchiveReader archive, string key, List<Schema> then, CancellationToken ct)
    {
        await using var owner = engine.OpenAsOwner(key);
        await using var transaction = await owner.BorrowAsync(Use.Migration, ct);
        var shapes = await TableShape.ReadAllAsync(transaction, owner.Dialect, ct);
        var made = then.SelectMany(schema => schema.Migrations).SelectMany(sql => Makes().Matches(sql.ToString())).Select(match => match.Groups[1].Value.ToLowerInvariant()).ToHashSet();
        if (archive.Manifest.Tables.FirstOrDefault(table => !made.Contains(table.Name) || !shapes.ContainsKey(table.Name)) is { } unknown)
            throw new KeepingException($"The archive has a table {unknown.Name}, which none of its features has at that version.");

        try
        {
            var keys = await LooseForeignKeys.TakeAsync(transaction, owner.Dialect, ct);
            // Migrations may have put rows in, and the archive has them as they became.
            foreach (var table in archive.Manifest.Tables.AsEnumerable().Reverse())
                await transaction.ExecuteAsync($"DELETE FROM {Sql.Name(table.Name)}", ct);
            foreach (var table in archive.Manifest.Tables) await FillAsync(archive, transaction, table, shapes[table.Name], ct);
            await keys.CheckAsync(ct);
            await CheckMediaAsync(archive.Manifest, transaction, shapes, ct);
            await transaction.CommitAsync(ct);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException or ArgumentException)
        {
            throw new KeepingException($"The archive's rows do not fit together: {e.Message}", e);
        }
    }

    private static async Task FillAsync(ArchiveReader archive, Borrowed transaction, ArchivedTable table, TableShape shape, CancellationToken ct)
    {
        long rows = 0;
        await archive.ReadAsync(ArchiveReader.NameOf(table), table.File, async stream =>
            rows = await transaction.InsertAsync(table.Name, [.. shape.Columns.Select(column => column.Name)], TableRows.Read(shape, stream), ct), ct);
        if (rows != table.Rows) throw new KeepingException($"The archive has {rows} rows in {table.Name}, its manifest says {table.Rows}.");
    }

    private static async Task CheckMediaAsync(Manifest manifest, Borrowed transaction, Dictionary<string, TableShape> shapes, CancellationToken ct)
    {
        var used = shapes.ContainsKey("blobs") ? await transaction.ListAsync($"SELECT hash FROM blobs WHERE uses > 0 ORDER BY hash", ct) : [];
        if (used.Except(manifest.Media.Select(media => media.Hash)).FirstOrDefault() is { } missing)
            throw new KeepingException($"The archive's rows name the file {missing}, and it is not in it.");
    }

    private async Task KeepAsync(ArchiveReader archive, string key, ArchivedMedia media, CancellationToken ct)
    {
        await archive.ReadAsync(ArchiveReader.NameOf(media), new(media.Hash, media.Size), async stream =>
        {
            using var received = await blobs.ReceiveAsync(key, stream, media.Size, ct);
            if (received?.Hash != media.Hash) throw new KeepingException($"The file {media.Hash} in the archive is another.");
            blobs.Keep(key, received);
        }, ct);
    }

    [GeneratedRegex(@"^\s*(?:CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?|ALTER\s+TABLE\s+\w+\s+RENAME\s+TO\s+)(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex Makes();
}
