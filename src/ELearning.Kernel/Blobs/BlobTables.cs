using ELearning.Data;

namespace ELearning.Blobs;

internal static class BlobTables
{
    // Type and name belong to the reference: whoever stores the same bytes first must not decide for others what they are.
    public static readonly Sql[] Migrations =
    [
        $"""
        CREATE TABLE blobs (
            hash TEXT NOT NULL PRIMARY KEY,
            size BIGINT NOT NULL,
            uses BIGINT NOT NULL CHECK (uses >= 0),
            last_referenced_at TIMESTAMPTZ NOT NULL
        )
        """,
        $"CREATE INDEX blobs_unused ON blobs (last_referenced_at, hash) WHERE uses = 0",
        $"""
        CREATE TABLE blob_references (
            owner_kind TEXT NOT NULL,
            owner_id UUID NOT NULL,
            hash TEXT NOT NULL REFERENCES blobs (hash),
            name TEXT NOT NULL,
            type TEXT NOT NULL,
            PRIMARY KEY (owner_kind, owner_id, hash)
        )
        """,
        $"CREATE INDEX blob_references_hash ON blob_references (hash)",
        $"""
        CREATE TABLE blob_usage (
            id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
            bytes BIGINT NOT NULL,
            blobs BIGINT NOT NULL
        )
        """,
    ];

    // No row names a person: a file's owner does, and its module releases the file when that person is erased.
    public static Table[] Tables(string feature) =>
    [
        new("blobs", feature, null, [], Erase.Keep, 10),
        new("blob_references", feature, null, [], Erase.Keep, 11),
        new("blob_usage", feature, null, [], Erase.Keep, 12),
    ];
}
