using ELearning.Blobs;
using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>What becomes of a row whose address somebody here has already.</summary>
public enum OnExisting { Skip, Update }

public enum ImportPhase
{
    /// <summary>The file is here; nobody has said yet what its columns mean.</summary>
    Uploaded,
    Checking,

    /// <summary>Read to the end without changing anything.</summary>
    Checked,
    Running,
    Done,
}

/// <param name="Processed">The last row that is behind us, as a spreadsheet counts.</param>
internal sealed record Import(
    Guid Id, Guid? ByPerson, string FileName, string FileHash, string Encoding, string Separator, Json<string[]> Headings, Json<ImportField[]> Fields, OnExisting Existing,
    bool Invites, ImportPhase Phase, int Percent, int Processed, int Added, int Updated, int Skipped, int Refused, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, int Revision)
{
    public BlobOwner Owner => new("import", Id);

    public ImportColumns Columns => new(Headings.Value, Fields.Value);

    public bool IsAtWork => Phase is ImportPhase.Checking or ImportPhase.Running;

    public int Rows => Added + Updated + Skipped + Refused;
}

/// <summary>Counts of a batch.</summary>
internal sealed record ImportTally(int Added, int Updated, int Skipped, int Refused);

internal sealed class ImportStore(Db db)
{
    private static Sql Columns => $"""
        id, by_person, file_name, file_hash, encoding, separator, headings, fields, existing, invites, phase, percent, processed, added, updated, skipped, refused,
        created_at, ended_at, revision
        """;

    public Task<Import?> FindAsync(Guid id, CancellationToken ct) => db.FirstAsync<Import>($"SELECT {Columns} FROM imports WHERE id = {id}", ct);

    public Task<List<Import>> LatestAsync(int count, CancellationToken ct) =>
        db.ListAsync<Import>($"SELECT {Columns} FROM imports ORDER BY created_at DESC, id DESC LIMIT {count}", ct);

    public Task AddAsync(Import import, CancellationToken ct) => db.ExecuteAsync($"""
        INSERT INTO imports (id, by_person, file_name, file_hash, encoding, separator, headings, fields, existing, invites, phase, percent, processed, added, updated, skipped, refused, created_at, revision)
        VALUES ({import.Id}, {import.ByPerson}, {import.FileName}, {import.FileHash}, {import.Encoding}, {import.Separator}, {Json.Of(import.Headings.Value)}, {Json.Of(import.Fields.Value)},
            {import.Existing}, {import.Invites}, {import.Phase}, 0, 0, 0, 0, 0, 0, {import.CreatedAt}, 0)
        """, ct);

    /// <summary>From the beginning, in another phase.</summary>
    /// <returns>False when somebody else was faster.</returns>
    public Task<bool> BeginAsync(Import import, ImportPhase phase, CancellationToken ct) => db.TransactAsync(async () =>
    {
        var begun = await db.ExecuteAsync($"""
            UPDATE imports SET by_person = {import.ByPerson}, fields = {Json.Of(import.Fields.Value)}, existing = {import.Existing}, invites = {import.Invites}, phase = {phase},
                percent = 0, processed = 1, added = 0, updated = 0, skipped = 0, refused = 0, ended_at = NULL, revision = revision + 1
            WHERE id = {import.Id} AND revision = {import.Revision} AND phase NOT IN ('Checking', 'Running', 'Done')
            """, ct) == 1;
        if (begun) await db.ExecuteAsync($"DELETE FROM import_problems WHERE import_id = {import.Id}", ct);
        return begun;
    }, ct);

    /// <summary>A batch is behind us; in its transaction.</summary>
    public async Task AdvanceAsync(Guid id, int processed, int percent, ImportTally tally, List<ImportProblem> problems, CancellationToken ct)
    {
        await db.InsertAsync("import_problems", problems.GroupBy(problem => problem.Line).SelectMany(row => row.Select((problem, place) =>
            new ProblemRow(id, problem.Line, place, problem.Heading, problem.Cause, problem.Value, problem.Hint))), ct);
        await db.ExecuteAsync($"""
            UPDATE imports SET processed = {processed}, percent = {percent}, added = added + {tally.Added}, updated = updated + {tally.Updated},
                skipped = skipped + {tally.Skipped}, refused = refused + {tally.Refused}
            WHERE id = {id}
            """, ct);
    }

    public Task<int> EndAsync(Guid id, ImportPhase phase, DateTimeOffset now, CancellationToken ct) => db.ExecuteAsync(
        $"UPDATE imports SET phase = {phase}, percent = 100, ended_at = {now}, revision = revision + 1 WHERE id = {id} AND phase IN ('Checking', 'Running')", ct);

    public Task<List<ImportProblem>> ProblemsAsync(Guid id, int afterRow, int count, CancellationToken ct) => db.ListAsync<ImportProblem>($"""
        SELECT line, heading, cause, value, hint FROM import_problems WHERE import_id = {id} AND line > {afterRow} ORDER BY line, place LIMIT {count}
        """, ct);

    /// <summary>Whoever started it, as an invitation names them.</summary>
    public Task<string?> NameAsync(Guid? person, CancellationToken ct) => db.FirstAsync<string>($"SELECT display_name FROM people WHERE id = {person}", ct);

    /// <summary>Who of these addresses is here already.</summary>
    public async Task<Dictionary<string, Guid>> ExistingAsync(IReadOnlyCollection<string> keys, CancellationToken ct) =>
        keys.Count == 0 ? [] : (await db.ListAsync<Known>($"SELECT email_key, person_id FROM accounts WHERE email_key IN {keys}", ct)).ToDictionary(known => known.EmailKey, known => known.PersonId);

    public async Task AddAccountsAsync(IEnumerable<(Guid Person, ImportedPerson Read)> people, DateTimeOffset now, CancellationToken ct) =>
        await db.InsertAsync("accounts", people.Select(person => new AccountRow(person.Person, person.Read.Email, person.Read.EmailKey, false, now)), ct);

    /// <summary>With their problems; the files are released by whoever calls this.</summary>
    public Task<List<Import>> OldAsync(DateTimeOffset before, int count, CancellationToken ct) =>
        db.ListAsync<Import>($"SELECT {Columns} FROM imports WHERE created_at < {before} ORDER BY created_at, id LIMIT {count}", ct);

    public Task<int> RemoveAsync(Guid id, CancellationToken ct) => db.ExecuteAsync($"DELETE FROM imports WHERE id = {id}", ct);

    private sealed record Known(string EmailKey, Guid PersonId);

    private sealed record AccountRow(Guid PersonId, string Email, string EmailKey, bool MustChangePassword, DateTimeOffset AddedAt);

    private sealed record ProblemRow(Guid ImportId, int Line, int Place, string Heading, ImportCause Cause, string Value, string? Hint);
}
