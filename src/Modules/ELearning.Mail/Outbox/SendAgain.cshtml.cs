using ELearning.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Mail.Outbox;

/// <summary>A letter that failed, or was kept while there was no server, goes once more.</summary>
[Requires(MailFeature.Permissions.Manage)]
internal sealed class SendAgain(LetterStore store, MailSettings settings, Db db, Jobs jobs, Audit audit, TimeProvider clock, IStringLocalizer<MailFeature> texts) : PageModel
{
    public IActionResult OnGet(Guid id) => RedirectToPage("Show", new { id });

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken ct)
    {
        var queued = settings.IsSet && await db.TransactAsync(async () =>
        {
            if (!await store.QueueAgainAsync(id, clock.GetUtcNow(), ct)) return false;
            await jobs.EnqueueAsync(SendLetters.Name, id.ToString(), ct: ct);
            await audit.WriteAsync("letter-sent-again", new("letter", id), new { }, ct);
            return true;
        }, ct);
        TempData["toast"] = (string)(queued ? texts["The letter is on its way again"] : texts["The letter was not sent: it is on its way already, or there is no mail server"]);
        return RedirectToPage("Show", new { id });
    }
}
