using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>What the import of people adds to the feature.</summary>
internal static class ImportTables
{
    // Problems quote what stood in the file, of people who may have become nobody's rows: so they are kept for weeks only, with the file.
    public static FeatureBuilder DeclareImport(this FeatureBuilder f) => f
        .Nav("manage.people", 50, "Import", "/manage/people/import", permission: PeoplePermissions.Manage)
        .Job<RunImport>(RunImport.Name)
        .Job<SweepImports>(SweepImports.Name, Schedule.Daily(new(3, 50)).WhenActive())
        .Table("imports", person: "by_person", personal: ["file_name"], Erase.Pseudonymise)
        .Table("import_problems")
        .Schema(
            $"""
            CREATE TABLE imports (
                id         UUID PRIMARY KEY,
                by_person  UUID REFERENCES people (id),
                file_name  TEXT NOT NULL,
                file_hash  TEXT NOT NULL,
                encoding   TEXT NOT NULL,
                separator  TEXT NOT NULL,
                headings   TEXT NOT NULL,
                fields     TEXT NOT NULL,
                existing   TEXT NOT NULL,
                invites    BOOLEAN NOT NULL,
                phase      TEXT NOT NULL,
                percent    INTEGER NOT NULL,
                processed  INTEGER NOT NULL,
                added      INTEGER NOT NULL,
                updated    INTEGER NOT NULL,
                skipped    INTEGER NOT NULL,
                refused    INTEGER NOT NULL,
                created_at TIMESTAMPTZ NOT NULL,
                ended_at   TIMESTAMPTZ,
                revision   INTEGER NOT NULL)
            """,
            $"CREATE INDEX imports_by_time ON imports (created_at, id)",
            $"""
            CREATE TABLE import_problems (
                import_id UUID NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
                line      INTEGER NOT NULL,
                place     INTEGER NOT NULL,
                heading   TEXT NOT NULL,
                cause     TEXT NOT NULL,
                value     TEXT NOT NULL,
                hint      TEXT,
                PRIMARY KEY (import_id, line, place))
            """);
}
