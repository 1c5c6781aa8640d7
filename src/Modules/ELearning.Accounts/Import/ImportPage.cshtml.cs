using ELearning.Blobs;
using ELearning.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>One file: what its columns mean, what would happen, how far it is, and what became of it.</summary>
[Requires(PeoplePermissions.Manage)]
internal sealed class ImportPage(ImportStore store, BlobStore blobs, Jobs jobs, Db db, Actor actor, ImportWords words, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    public const int ProblemsShown = 100;
    private const int Sampled = 3;

    public Import Import { get; private set; } = null!; // there when the page is drawn

    public ImportWords Words => words;

    /// <summary>The first rows, column by column.</summary>
    public List<string>[] Samples { get; private set; } = [];

    public List<ImportProblem> Problems { get; private set; } = [];

    [BindProperty]
    public Form Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is not { } import) return NotFound();
        Input = new() { Fields = [.. import.Fields.Value], Existing = import.Existing, Invites = import.Invites };
        await ShowAsync(import, ct);
        return Page();
    }

    /// <summary>Reads the whole file and changes nothing.</summary>
    public async Task<IActionResult> OnPostCheckAsync(Guid id, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is not { } import) return NotFound();
        if (Input.Fields.Length != import.Headings.Value.Length || !ModelState.IsValid) Input.Fields = [.. import.Fields.Value];
        var columns = new ImportColumns(import.Headings.Value, Input.Fields);
        if (!columns.HasEmail) ModelState.AddModelError("", texts["Say which column holds the mail address: people sign in with it."]);
        if (!columns.HasName) ModelState.AddModelError("", texts["Say which column holds the name, or the first and the last name."]);
        if (columns.Twice is { } twice) ModelState.AddModelError("", texts["Two columns are “{0}”. Leave one of them out.", words.Of(twice)]);
        if (!ModelState.IsValid)
        {
            await ShowAsync(import, ct);
            return Page();
        }

        await BeginAsync(import with { ByPerson = actor.Person, Fields = Input.Fields, Existing = Input.Existing, Invites = Input.Invites }, ImportPhase.Checking, ct);
        return RedirectToPage(new { id });
    }

    public async Task<IActionResult> OnPostRunAsync(Guid id, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is not { } import) return NotFound();
        // Whoever starts it answers for it: the roles that they may give count, not those of whoever uploaded the file.
        if (import.Phase == ImportPhase.Checked) await BeginAsync(import with { ByPerson = actor.Person }, ImportPhase.Running, ct);
        return RedirectToPage(new { id });
    }

    private Task BeginAsync(Import import, ImportPhase phase, CancellationToken ct) => db.TransactAsync(async () =>
    {
        if (await store.BeginAsync(import, phase, ct)) await jobs.EnqueueAsync(RunImport.Name, import.Id.ToString(), requestedBy: actor.Person, ct: ct);
    }, ct);

    private async Task ShowAsync(Import import, CancellationToken ct)
    {
        Import = import;
        // Without any script the page asks again by itself while there is something to wait for.
        if (import.IsAtWork) Response.Headers["Refresh"] = "2";
        if (import.Phase is not ImportPhase.Uploaded) Problems = await store.ProblemsAsync(import.Id, 0, ProblemsShown, ct);
        Samples = [.. import.Headings.Value.Select(_ => new List<string>())];
        if (import.Phase is ImportPhase.Done || import.IsAtWork || await blobs.FindAsync(import.Owner, import.FileHash, ct) is not { } file) return;

        await using var stream = blobs.Open(file);
        using var rows = new CsvRows(new StreamReader(stream, CsvText.EncodingOf(import.Encoding)), import.Separator[0]);
        rows.Read();
        for (var i = 0; i < Sampled && rows.Read() is { } row; i++)
            for (var column = 0; column < Math.Min(row.Cells.Length, Samples.Length); column++)
                if (row.Cells[column] is { Length: > 0 } cell) Samples[column].Add(cell.Length <= 40 ? cell : cell[..40] + "…");
    }

    public sealed class Form
    {
        public ImportField[] Fields { get; set; } = [];

        public OnExisting Existing { get; set; }

        public bool Invites { get; set; }
    }
}
