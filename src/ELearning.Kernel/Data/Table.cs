namespace ELearning.Data;

/// <summary>What becomes of a person's rows when that person is erased.</summary>
public enum Erase { Remove, Pseudonymise, Keep }

/// <summary>Whose rows a table holds. From this come a person's export and erasure, and a tenant's export and import.</summary>
/// <param name="Person">The column that names the person, or null when no row is about one.</param>
/// <param name="Personal">Columns that say something about the person in clear.</param>
/// <param name="Export">Its place in an export: a table comes after those that it references. Zero: not exported (it can be made anew).</param>
public sealed record Table(string Name, string Feature, string? Person, string[] Personal, Erase Erase, int Export);

/// <summary>A feature's tables: statements that run once a tenant, in order. Append, never edit.</summary>
/// <param name="CompatibleFrom">How long a host's own list must at least be for it to run on these tables; null: told by the statements.</param>
public sealed record Schema(string Feature, Sql[] Migrations, int? CompatibleFrom = null);
