using ELearning.Data;

namespace ELearning.Keeping;

/// <summary>Tables with all that a module may put into one, for the tests of keeping.</summary>
internal sealed class LibraryFeature : IFeature
{
    public const string Id = "KeptLibrary";

    public FeatureInfo Info { get; } = new(Id, "Library", "Tests", "Shelves, books and who has them.") { DependsOn = ["People"] };

    public void Declare(FeatureBuilder f) => f
        .Table("kept_shelves", export: 30)
        .Table("kept_books", export: 31)
        .Table("kept_loans", person: "person_id", personal: ["note", "name", "email_key"], Erase.Pseudonymise, export: 32)
        .Table("kept_visits", person: "person_id", erase: Erase.Remove, export: 33)
        .Table("kept_fines", person: "person_id", erase: Erase.Keep, export: 34)
        .Table("kept_words", export: 0)
        .Trash("kept_shelves")
        .Schema(
            $"CREATE TABLE kept_shelves (id UUID PRIMARY KEY, parent UUID REFERENCES kept_shelves (id) ON DELETE CASCADE, name TEXT NOT NULL, trashed_at TIMESTAMPTZ)",
            $"""
            CREATE TABLE kept_books (
                shelf    UUID NOT NULL REFERENCES kept_shelves (id) ON DELETE CASCADE,
                number   INTEGER NOT NULL,
                title    TEXT NOT NULL,
                facts    JSONB NOT NULL,
                cover    BYTEA,
                lent_at  TIMESTAMPTZ,
                printed  DATE,
                is_thin  BOOLEAN NOT NULL,
                pages    SMALLINT,
                words    BIGINT,
                weight   DOUBLE PRECISION,
                PRIMARY KEY (shelf, number))
            """,
            $"CREATE INDEX kept_books_by_title ON kept_books (title)",
            $"CREATE TABLE kept_loans (id UUID PRIMARY KEY, person_id UUID NOT NULL REFERENCES people (id), note TEXT, name TEXT NOT NULL, email_key TEXT NOT NULL UNIQUE, at TIMESTAMPTZ NOT NULL)",
            $"CREATE TABLE kept_visits (id UUID PRIMARY KEY, person_id UUID NOT NULL REFERENCES people (id))",
            $"CREATE TABLE kept_fines (id UUID PRIMARY KEY, person_id UUID NOT NULL REFERENCES people (id), cents BIGINT NOT NULL)",
            $"CREATE TABLE kept_words (word TEXT PRIMARY KEY, books BIGINT NOT NULL)",
            $"INSERT INTO kept_words (word, books) VALUES ('the', 0)",
            $"CREATE VIEW pub_kept_books AS SELECT b.title, s.name AS shelf FROM kept_books b JOIN kept_shelves s ON s.id = b.shelf",
            $"ALTER TABLE kept_shelves ADD COLUMN color TEXT");
}
