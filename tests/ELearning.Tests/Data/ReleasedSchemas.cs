using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ELearning.Data;

/// <summary>
/// The lists of migrations as a release had them: <c>tests/fixtures/schemas/kernel-n.json</c>. At a release write the
/// next, and never change one again that was released:
/// <c>ELEARNING_SCHEMAS_OF_RELEASE=1 dotnet test tests/ELearning.Tests --filter ReleasedSchemasTests</c>.
/// Until there is a first tag, <c>kernel-0.json</c> stands for the last release and may be written anew.
/// </summary>
internal sealed record ReleasedSchemas(ReleasedSchemas.Statements[] Platform, ReleasedSchemas.Statements[] Tenants)
{
    public const string Variable = "ELEARNING_SCHEMAS_OF_RELEASE";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public sealed record Statements(string Feature, string[] Sqlite, string[] Postgres)
    {
        public string[] For(Dialect dialect) => dialect == Dialect.Sqlite ? Sqlite : Postgres;

        public Schema Schema(Dialect dialect) => new(Feature, Array.ConvertAll(For(dialect), Sql.Trusted));
    }

    public static ReleasedSchemas Current => new(Of(PlatformSchemas.All), Of(new FeatureCatalog([.. KernelFeatures.All, .. Modules.All]).Schemas));

    public static ReleasedSchemas Last()
    {
        var newest = Folder().GetFiles("kernel-*.json").MaxBy(file => int.Parse(Path.GetFileNameWithoutExtension(file.Name)["kernel-".Length..], CultureInfo.InvariantCulture));
        return JsonSerializer.Deserialize<ReleasedSchemas>(File.ReadAllText(newest!.FullName), Format)!;
    }

    public void Write(string release) => File.WriteAllText(Path.Combine(Folder().FullName, $"kernel-{release}.json"), JsonSerializer.Serialize(this, Format) + "\n");

    /// <summary>What <paramref name="now"/> says otherwise than this release, or not at all. What it adds is no difference.</summary>
    public IEnumerable<string> ChangedIn(ReleasedSchemas now) => Changed(Platform, now.Platform).Concat(Changed(Tenants, now.Tenants));

    private static IEnumerable<string> Changed(Statements[] was, Statements[] now) =>
        from list in was
        from dialect in new[] { Dialect.Sqlite, Dialect.Postgres }
        let current = now.FirstOrDefault(other => other.Feature == list.Feature)?.For(dialect) ?? []
        from number in Enumerable.Range(1, list.For(dialect).Length)
        let then = list.For(dialect)[number - 1]
        where number > current.Length || current[number - 1] != then
        select $"Migration {number} of {list.Feature} ({(dialect == Dialect.Sqlite ? "SQLite" : "PostgreSQL")}) was: {then}";

    private static Statements[] Of(IEnumerable<Schema> schemas) =>
    [
        .. from schema in schemas
           select new Statements(schema.Feature, Texts(schema, Dialect.Sqlite), Texts(schema, Dialect.Postgres)),
    ];

    private static string[] Texts(Schema schema, Dialect dialect) => Array.ConvertAll(schema.Migrations, statement => statement.For(dialect).ToString());

    private static DirectoryInfo Folder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ELearning.sln"))) root = root.Parent!;
        return new(Path.Combine(root.FullName, "tests", "fixtures", "schemas"));
    }
}
