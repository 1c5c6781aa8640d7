using ELearning.Blobs;
using ELearning.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Takes a file of people, and lists the latest ones.</summary>
[Requires(PeoplePermissions.Manage)]
[RequestSizeLimit(MostBytes + 1024 * 1024), RequestFormLimits(MultipartBodyLengthLimit = MostBytes + 1024 * 1024)]
internal sealed class ImportList(ImportStore store, BlobStore blobs, Db db, Actor actor, TimeProvider clock, ImportWords words, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    public const int MostBytes = 20 * 1024 * 1024;
    private const int Shown = 20;

    public List<Import> Imports { get; private set; } = [];

    public ImportWords Words => words;

    [BindProperty]
    public IFormFile? Table { get; set; }

    public async Task OnGetAsync(CancellationToken ct) => Imports = await store.LatestAsync(Shown, ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await TakeAsync(ct) is { } id) return Redirect(Url.Page("ImportPage", new { id })!);
        await OnGetAsync(ct);
        return Page();
    }

    private async Task<Guid?> TakeAsync(CancellationToken ct)
    {
        if (Table is null or { Length: 0 }) return Refuse(texts["Choose a file with people first."]);
        await using var sent = Table.OpenReadStream();
        using var received = await blobs.ReceiveAsync(sent, MostBytes, ct);
        if (received is null) return Refuse(texts["The file is larger than 20 MB. Split it, and import one part after the other."]);

        sent.Position = 0;
        var form = await CsvText.DetectAsync(sent, ct);
        sent.Position = 0;
        using var rows = new CsvRows(new StreamReader(sent, CsvText.EncodingOf(form.Encoding), leaveOpen: true), form.Separator);
        if (rows.Read() is not { IsBroken: false } heading || heading.Cells.Length < 2 || heading.IsEmpty)
            return Refuse(texts["The first row has no headings that can be read. Save the table as CSV, with headings such as name and email in its first row."]);

        var columns = ImportColumns.Guess([.. heading.Cells.Select((cell, i) => cell == "" ? texts["Column {0}", i + 1].Value : Short(cell))]);
        var name = Path.GetFileName(Table.FileName);
        var import = new Import(Guid.CreateVersion7(), actor.Person, name.Length <= 100 ? name : name[^100..], received.Hash, form.Encoding, form.Separator.ToString(),
            columns.Headings.ToArray(), columns.Fields.ToArray(), OnExisting.Skip, false, ImportPhase.Uploaded, 0, 0, 0, 0, 0, 0, clock.GetUtcNow(), null, 0);
        var refused = await db.TransactAsync(async () =>
        {
            if (await blobs.KeepAsync(received, import.Owner, import.FileName, "text/csv", long.MaxValue, ct) is { } full) return full;
            await store.AddAsync(import, ct);
            return null;
        }, ct);
        return refused is null ? import.Id : Refuse(refused.Text);
    }

    private Guid? Refuse(string why)
    {
        ModelState.AddModelError(nameof(Table), why);
        return null;
    }

    private static string Short(string heading) => string.Concat((heading.Length <= 60 ? heading : heading[..60]).EnumerateRunes().Where(rune => rune.Value >= ' ').Select(rune => rune.ToString()));
}
