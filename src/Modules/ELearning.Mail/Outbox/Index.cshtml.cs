using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Mail.Outbox;

/// <summary>What the site has sent, is about to send, or would have sent.</summary>
[Requires(MailFeature.Permissions.Read)]
internal sealed class Index(LetterStore store, MailSettings settings, Actor actor, Permissions permissions) : PageModel
{
    private const int Shown = 50;

    /// <summary>The beginning of an address.</summary>
    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public LetterState? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? After { get; set; }

    public List<LetterLine> Letters { get; private set; } = [];

    public bool HasNewer { get; private set; }

    public bool HasOlder { get; private set; }

    public bool IsFiltered => !string.IsNullOrWhiteSpace(To) || State is not null;

    public bool SendsMail => settings.IsSet;

    public string Server => settings.Host;

    public int DaysKept => settings.DaysKept;

    public bool MayManage { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        // A state that there is not is no filter, and an address longer than any finds nothing.
        if (!ModelState.IsValid) (State, Before, After) = (null, null, null);
        MayManage = (await permissions.DecideAsync(actor, MailFeature.Permissions.Manage, Scope.Tenant, ct)).Allowed;

        // One more than is shown tells whether there are others.
        var found = await store.PageAsync(To?.Trim() ?? "", State, Before, After, Shown + 1, ct);
        var isMore = found.Count > Shown;
        if (isMore) found.RemoveAt(After is null ? Shown : 0);
        Letters = found;
        (HasNewer, HasOlder) = After is null ? (Before is not null, isMore) : (isMore, true);
    }
}
