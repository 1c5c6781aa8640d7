using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>The one table that every module may join and reference.</summary>
internal sealed class PeopleFeature : IFeature
{
    public FeatureInfo Info { get; } = new("People", "People", "Kernel", "Who is here: the names that every list shows.") { AlwaysOn = true };

    public void Declare(FeatureBuilder f) => f
        .Figure(TenantFigures.People, $"SELECT COUNT(*) FROM people WHERE trashed_at IS NULL")
        .Table("people", person: "id", personal: ["display_name", "sort_name", "picture"], Erase.Pseudonymise, export: 1)
        .Table("people_words", person: "person_id", personal: ["word"], Erase.Remove, export: 2)
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
            $"CREATE INDEX people_by_name ON people (sort_name, id) WHERE trashed_at IS NULL",
            // Written with a session's own seen_at, every few minutes: a list of people needs no look at their sessions. 1970: never.
            $"ALTER TABLE people ADD COLUMN seen_at TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01T00:00:00.000000Z'",
            $"CREATE INDEX people_by_seen ON people (seen_at, id) WHERE trashed_at IS NULL",
            $"CREATE INDEX people_by_state ON people (state, sort_name, id) WHERE trashed_at IS NULL",
            $"""
            CREATE TABLE people_words (
                person_id UUID NOT NULL REFERENCES people (id),
                word      TEXT NOT NULL,
                PRIMARY KEY (person_id, word))
            """,
            $"CREATE INDEX people_words_by_word ON people_words (word, person_id)",
            $"CREATE INDEX people_trashed ON people (trashed_at, id) WHERE trashed_at IS NOT NULL");

    public void AddServices(IServiceCollection services) => services.AddScoped<People>();
}
