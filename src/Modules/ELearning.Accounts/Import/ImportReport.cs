using System.Text;
using Microsoft.AspNetCore.Http;

namespace ELearning.Accounts;

/// <summary>All problems of an import as a table, to correct the file by. Page by page, so that a slow line holds no connection.</summary>
internal static class ImportReport
{
    private const int AtOnce = 1000;

    public static async Task HandleAsync(Guid id, ImportStore store, ImportWords words, Microsoft.Extensions.Localization.IStringLocalizer<AccountsFeature> texts, HttpContext http, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"import-problems.csv\"";
        // The mark lets a spreadsheet read umlauts.
        await http.Response.WriteAsync("\uFEFF" + Line(texts["Row"], texts["Column"], texts["What stands there"], texts["What is wrong"], texts["What to write instead"]), ct);
        var text = new StringBuilder();
        for (var last = 0; ;)
        {
            var problems = await store.ProblemsAsync(id, last, AtOnce, ct);
            // A row may have more problems than are left of this page: it is read whole with the next one.
            if (problems.Count == AtOnce) problems.RemoveAll(problem => problem.Line == problems[^1].Line);
            foreach (var problem in problems)
                text.Append(Line(problem.Line.ToString(System.Globalization.CultureInfo.InvariantCulture), problem.Heading, problem.Value, words.Cause(problem), words.Advice(problem)));
            await http.Response.WriteAsync(text.ToString(), ct);
            if (problems.Count == 0) return;
            text.Clear();
            last = problems[^1].Line;
        }
    }

    private static string Line(params string[] cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    // A spreadsheet would run a cell that begins like a formula, and what stands in the file is anybody's.
    private static string Cell(string value)
    {
        if (value.Length > 0 && value[0] is ('=' or '+' or '-' or '@' or '\t' or '\r')) value = $"'{value}";
        return value.AsSpan().IndexOfAny("\",\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
