using System.Globalization;
using System.Text;
using System.Text.Json;
using ELearning.Web;
using Microsoft.AspNetCore.Http;

namespace ELearning.Accounts;

/// <summary>
/// The trail as a file, oldest pages last, as the page shows it. Read page by page, so that a slow line holds no
/// connection to the database; itself an act, written before the first row leaves.
/// </summary>
internal static class ExportAudit
{
    private const int AtOnce = 1000;

    private sealed record Row(
        Guid Id, DateTimeOffset At, string Act, string? ActorKind, Guid? PersonId, string? Name, Guid? ActedBy, string? SubjectKind, Guid? SubjectId, JsonElement? Values, long? Sequence);

    public static Task CsvAsync([AsParameters] AuditQuery query, HttpContext http, Audit audit, Clockface local, TimeProvider clock, CancellationToken ct) =>
        WriteAsync("csv", "text/csv; charset=utf-8", query, http, audit, local, clock, "\uFEFFid,at,act,actor_kind,person_id,name,acted_by,subject_kind,subject_id,values,sequence\r\n", Csv, ct);

    public static Task NdjsonAsync([AsParameters] AuditQuery query, HttpContext http, Audit audit, Clockface local, TimeProvider clock, CancellationToken ct) =>
        WriteAsync("ndjson", "application/x-ndjson; charset=utf-8", query, http, audit, local, clock, "", Ndjson, ct);

    private static async Task WriteAsync(
        string kind, string type, AuditQuery query, HttpContext http, Audit audit, Clockface local, TimeProvider clock, string head, Func<AuditEntry, string> line, CancellationToken ct)
    {
        // What is done from now on is not part of it, so that it ends.
        var now = clock.GetUtcNow();
        var filter = query.Filter(local);
        if (filter.Until is null || filter.Until > now) filter = filter with { Until = now };
        await audit.WriteAsync("audit-exported", Scope.Tenant, new { kind, filter.Involved, filter.Act, filter.From, filter.Until }, ct);

        http.Response.ContentType = type;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit-{now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.{kind}\"";
        await http.Response.WriteAsync(head, ct);
        var text = new StringBuilder();
        for (AuditPlace? after = null; ;)
        {
            var entries = await audit.PageAsync(filter, after, AtOnce, ct);
            foreach (var entry in entries) text.Append(line(entry));
            await http.Response.WriteAsync(text.ToString(), ct);
            if (entries.Count < AtOnce) return;
            text.Clear();
            after = entries[^1].Place;
        }
    }

    private static string Csv(AuditEntry entry) => string.Join(',', new[]
    {
        entry.Id.ToString(), entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), entry.Act, entry.ActorKind?.ToString(), entry.PersonId?.ToString(), entry.Name,
        entry.ActedBy?.ToString(), entry.SubjectKind, entry.SubjectId?.ToString(), entry.Json, entry.Sequence?.ToString(CultureInfo.InvariantCulture),
    }.Select(Cell)) + "\r\n";

    // A spreadsheet would run a cell that begins like a formula, and people choose their names themselves.
    private static string Cell(string? value)
    {
        if (string.IsNullOrEmpty(value)) return "";
        if (value[0] is '=' or '+' or '-' or '@' or '\t' or '\r') value = $"'{value}";
        return value.AsSpan().IndexOfAny("\",\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"")}\"";
    }

    private static string Ndjson(AuditEntry entry)
    {
        using var values = entry.Json is null ? null : JsonDocument.Parse(entry.Json);
        return JsonSerializer.Serialize(new Row(
            entry.Id, entry.At, entry.Act, entry.ActorKind?.ToString(), entry.PersonId, entry.Name, entry.ActedBy, entry.SubjectKind, entry.SubjectId,
            values?.RootElement, entry.Sequence), JsonSerializerOptions.Web) + "\n";
    }
}
