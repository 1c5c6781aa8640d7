using System.Globalization;
using ELearning.Blobs;
using ELearning.Data;
using ELearning.Mail;
using Microsoft.Extensions.Logging;

namespace ELearning.Accounts;

/// <summary>
/// Reads a file of people, either to see what is the matter with it or to import it: the same steps, of which the first
/// leaves out the writing. Batch by batch, each in a transaction with how far it is, so that whoever takes over from a
/// host that died goes on after the last whole batch and does nothing twice.
/// </summary>
internal sealed class RunImport(
    ImportStore store, BlobStore blobs, Db db, ELearning.People people, ELearning.Roles roles, ImportRoles known, OneTimeTokens tokens, Post post, Audit audit, TimeProvider clock,
    ILogger<RunImport> log) : IJob
{
    public const string Name = "import-people";

    public const int InvitationDays = 14;
    private const int Batch = 500;

    private static readonly LetterKind Invitation = new(typeof(AccountsFeature), "invitation", hasOneTimeLink: true);

    public async Task RunAsync(JobRun run, CancellationToken ct)
    {
        var id = Guid.Parse(run.Argument);
        if (await store.FindAsync(id, ct) is not { IsAtWork: true } import) return;
        var file = await blobs.FindAsync(import.Owner, import.FileHash, ct) ?? throw new InvalidOperationException($"The file of import {id} is gone.");

        await using var stream = blobs.Open(file);
        using var rows = new CsvRows(new StreamReader(stream, CsvText.EncodingOf(import.Encoding)), import.Separator[0]);
        var reader = new ReadPerson(import.Columns, await known.ForAsync(import.ByPerson, ct));
        rows.Read(); // the heading
        var (wanted, problems) = (new List<ImportedPerson>(Batch), new List<ImportProblem>());
        while (rows.Read() is { } row)
        {
            if (row.IsEmpty) continue;
            var before = problems.Count;
            var person = reader.Read(row, problems);
            // Read by whoever was here before: its address counts as seen, all else is done.
            if (row.Number <= import.Processed)
            {
                problems.RemoveRange(before, problems.Count - before);
                continue;
            }
            if (person is not null) wanted.Add(person);
            if (wanted.Count + problems.Count >= Batch) await FlushAsync(row.Number);
        }
        await FlushAsync(int.MaxValue);
        await EndAsync(import, ct);

        async Task FlushAsync(int last)
        {
            var percent = stream.Length == 0 ? 100 : (int)(stream.Position * 100 / stream.Length);
            await db.TransactAsync(() => WriteAsync(import, wanted, problems, last, percent, ct), ct);
            await run.ProgressAsync(percent, "", ct);
            wanted.Clear();
            problems.Clear();
        }
    }

    private async Task WriteAsync(Import import, List<ImportedPerson> wanted, List<ImportProblem> problems, int last, int percent, CancellationToken ct)
    {
        var here = await store.ExistingAsync([.. wanted.Select(person => person.EmailKey)], ct);
        var (added, existing) = (wanted.Where(person => !here.ContainsKey(person.EmailKey)).Select(person => (Id: Guid.CreateVersion7(), Read: person)).ToList(),
            wanted.Where(person => here.ContainsKey(person.EmailKey)).Select(person => (Id: here[person.EmailKey], Read: person)).ToList());
        var updates = import.Existing == OnExisting.Update;
        if (import.Phase == ImportPhase.Running)
        {
            var now = clock.GetUtcNow();
            await people.AddAsync([.. added.Select(person => new PersonEntry(person.Id, person.Read.Name, import.Invites ? "invited" : "active", person.Read.Culture, person.Read.Zone))], ct);
            await store.AddAccountsAsync(added, now, ct);
            if (updates) await people.ChangeAsync([.. existing.Select(person => new PersonEntry(person.Id, person.Read.Name, Culture: person.Read.Culture, Zone: person.Read.Zone))], ct);
            await roles.AssignAsync([.. added.Concat(updates ? existing : []).SelectMany(person => person.Read.Roles.Select(role => (person.Id, role)))], ct);
            if (import.Invites) await InviteAsync(added, await store.NameAsync(import.ByPerson, ct) ?? "", ct);
        }
        var refused = problems.Select(problem => problem.Line).Distinct().Count();
        await store.AdvanceAsync(import.Id, last, percent, new(added.Count, updates ? existing.Count : 0, updates ? 0 : existing.Count, refused), problems, ct);
    }

    private async Task InviteAsync(List<(Guid Id, ImportedPerson Read)> added, string by, CancellationToken ct)
    {
        var links = await tokens.IssueAsync(TokenPurpose.Invite, [.. added.Select(person => (person.Id, person.Read.Email, person.Read.Name))], TimeSpan.FromDays(InvitationDays), ct);
        var letters = new List<Letter>();
        foreach (var ((id, read), token) in added.Zip(links))
            if (Address.TryParse(read.Email, out var address))
                letters.Add(new(Invitation, address, new { name = read.Name, by, token, days = InvitationDays }) { Person = id, Culture = read.Culture });
        await post.SendAsync(letters, ct);
    }

    private async Task EndAsync(Import import, CancellationToken ct)
    {
        await db.TransactAsync(async () =>
        {
            if (await store.EndAsync(import.Id, import.Phase == ImportPhase.Running ? ImportPhase.Done : ImportPhase.Checked, clock.GetUtcNow(), ct) == 0) return;
            if (import.Phase == ImportPhase.Running && await store.FindAsync(import.Id, ct) is { } done)
                await audit.WriteAsync("people-imported", new("import", done.Id), new { done.Added, done.Updated, done.Skipped, done.Refused, by = done.ByPerson }, ct);
        }, ct);
        log.LogInformation("Import {Import} has been read to its end, {Phase}", import.Id, import.Phase.ToString().ToLower(CultureInfo.InvariantCulture));
    }
}
