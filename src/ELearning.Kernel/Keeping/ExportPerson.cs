using System.IO.Compression;
using System.Text.Json;
using ELearning.Data;
using ELearning.Shells;

namespace ELearning.Keeping;

/// <summary>All rows that are about one person, for that person: a ZIP with a file of JSON lines for each table that has any.</summary>
internal sealed class ExportPerson(Engine engine, FeatureCatalog catalog, TimeProvider clock)
{
    public async Task<PersonExported> RunAsync(Tenant tenant, Guid person, Stream target, CancellationToken ct)
    {
        await using var owner = engine.OpenAsOwner(tenant.Key);
        await using var snapshot = await owner.BorrowAsync(Use.Snapshot, ct);
        var shapes = await TableShape.ReadAllAsync(snapshot, owner.Dialect, ct);
        var rows = new Dictionary<string, long>();
        await using var zip = await ZipArchive.CreateAsync(target, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, ct);
        foreach (var table in catalog.Tables.Where(table => table.Person is not null).OrderBy(table => table.Export))
        {
            if (!shapes.TryGetValue(table.Name, out var shape)) continue;
            await using var entry = await zip.CreateEntry($"{table.Name}.ndjson", CompressionLevel.Fastest).OpenAsync(ct);
            rows[table.Name] = await TableRows.WriteAsync(snapshot, shape, $"{Sql.Name(table.Person!)} = {person}", entry, ct);
        }
        await using var about = await zip.CreateEntry("person.json").OpenAsync(ct);
        await JsonSerializer.SerializeAsync(about, new { tenant.Name, tenant.Title, Person = person, At = clock.GetUtcNow(), Rows = rows }, Json.Options, ct);
        return new(rows);
    }
}

/// <param name="Rows">How many by table.</param>
internal sealed record PersonExported(IReadOnlyDictionary<string, long> Rows);
