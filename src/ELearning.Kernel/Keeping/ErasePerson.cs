using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.Logging;

namespace ELearning.Keeping;

/// <summary>
/// Makes one person unknown in all declared tables, as each table says: rows removed, made pseudonymous, or kept. All at
/// once or not at all; doing it again changes nothing more.
/// </summary>
internal sealed class ErasePerson(Db db, Engine engine, Tenant tenant, FeatureCatalog catalog, Audit audit, ILogger<ErasePerson> log)
{
    public async Task<PersonErased> RunAsync(Guid person, CancellationToken ct)
    {
        var shapes = await ShapesAsync(ct);
        var (removed, made) = (new Dictionary<string, int>(), new Dictionary<string, int>());
        await db.TransactAsync(async () =>
        {
            // Backwards: what refers goes before what it refers to.
            foreach (var table in catalog.Tables.Where(table => table.Person is not null && shapes.ContainsKey(table.Name)).OrderByDescending(table => table.Export))
            {
                if (table.Erase == Erase.Remove)
                    removed[table.Name] = await db.ExecuteAsync($"DELETE FROM {Sql.Name(table.Name)} WHERE {Sql.Name(table.Person!)} = {person}", ct);
                else if (table.Erase == Erase.Pseudonymise && Blanked(table, shapes[table.Name], person) is { } blanked)
                    made[table.Name] = await db.ExecuteAsync($"UPDATE {Sql.Name(table.Name)} SET {blanked} WHERE {Sql.Name(table.Person!)} = {person}", ct);
            }
            var erased = await db.ExecuteAsync($"UPDATE people SET state = 'erased', culture = NULL, zone = NULL, revision = revision + 1 WHERE id = {person} AND state <> 'erased'", ct);
            // About nobody any more: another erasure of the same person must leave the proof of this one.
            if (erased > 0) await audit.WriteAsync("person-erased", new("person", person), new { }, ct);
        }, ct);
        log.LogInformation("Person {Person} erased", person);
        return new(removed, made);
    }

    private async Task<Dictionary<string, TableShape>> ShapesAsync(CancellationToken ct)
    {
        await using var owner = engine.OpenAsOwner(tenant.Key);
        await using var snapshot = await owner.BorrowAsync(Use.Snapshot, ct);
        return await TableShape.ReadAllAsync(snapshot, owner.Dialect, ct);
    }

    private static Sql? Blanked(Table table, TableShape shape, Guid person)
    {
        Sql? all = null;
        foreach (var name in table.Personal)
        {
            var column = Array.Find(shape.Columns, column => column.Name == name)
                ?? throw new KeepingException($"{table.Feature} declares {name} of {table.Name} as personal, and the table has no such column.");
            Sql one = $"{Sql.Name(name)} = {(column.IsRequired ? Pseudonym(table, column, person) : null)}";
            all = all is null ? one : $"{all}, {one}";
        }
        return all;
    }

    // The casts keep the values from becoming JSON, to which any of them could convert. The same every time, and another for each person, since such a column may be unique.
    private static object Pseudonym(Table table, Column column, Guid person) => column switch
    {
        { Name: "display_name" } => (object)"Erased person",
        { Name: "sort_name" } => (object)"erased person",
        { Kind: Kind.Text } => (object)$"erased-{person:N}",
        { Kind: Kind.Json } => (object)new Json<object>(new()),
        { Kind: Kind.Bytes } => (object)Array.Empty<byte>(),
        { Kind: Kind.Boolean } => (object)false,
        { Kind: Kind.Short or Kind.Integer or Kind.Long or Kind.Float or Kind.Double } => (object)0,
        { Kind: Kind.Instant } => (object)DateTimeOffset.UnixEpoch,
        { Kind: Kind.Day } => (object)DateOnly.FromDateTime(DateTime.UnixEpoch),
        _ => throw new KeepingException($"{table.Feature} declares {column.Name} of {table.Name} as personal, and it can be neither empty nor anything else. Allow NULL there."),
    };
}

/// <summary>How many rows, by table.</summary>
internal sealed record PersonErased(IReadOnlyDictionary<string, int> Removed, IReadOnlyDictionary<string, int> Pseudonymised);
