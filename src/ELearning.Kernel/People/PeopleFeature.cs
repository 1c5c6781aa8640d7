using ELearning.Data;
using ELearning.Shells;

namespace ELearning;

/// <summary>The one table that every module may join and reference.</summary>
internal sealed class PeopleFeature : IFeature
{
    public FeatureInfo Info { get; } = new("People", "People", "Kernel", "Who is here: the names that every list shows.") { AlwaysOn = true };

    public void Declare(FeatureBuilder f) => f
        .Figure(TenantFigures.People, $"SELECT COUNT(*) FROM people WHERE trashed_at IS NULL")
        .Table("people", person: "id", personal: ["display_name", "sort_name", "picture"], Erase.Pseudonymise, export: 1)
        .Schema(
            $"""
            CREATE TABLE people (
                id           UUID PRIMARY KEY,
                display_name TEXT NOT NULL,
                sort_name    TEXT NOT NULL,
                picture      TEXT,
                culture      TEXT,
                zone         TEXT,
                state        TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('invited', 'active', 'suspended', 'erased')),
                revision     INTEGER NOT NULL DEFAULT 0,
                trashed_at   TIMESTAMPTZ)
            """,
            $"CREATE INDEX people_by_name ON people (sort_name, id) WHERE trashed_at IS NULL");
}
