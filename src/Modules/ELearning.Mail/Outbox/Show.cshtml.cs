using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Mail.Outbox;

/// <summary>One letter with both its parts.</summary>
[Requires(MailFeature.Permissions.Read)]
internal sealed partial class Show(LetterStore store, MailSettings settings, KernelOptions host, Actor actor, Permissions permissions) : PageModel
{
    public LetterLine Letter { get; private set; } = null!; // there when the page is drawn

    public LetterBody Body { get; private set; } = null!;

    public bool IsMasked => Body.IsMasked(host);

    /// <summary>The words of one with a link that works once go when it is sent.</summary>
    public bool IsGone => Body.Text == "";

    public bool MaySend { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken ct)
    {
        if (await store.FindAsync(id, ct) is not { } letter || await store.BodyAsync(id, ct) is not { } body) return NotFound();
        (Letter, Body) = (letter, body);
        MaySend = settings.IsSet && letter.State is (LetterState.Failed or LetterState.Kept)
            && (await permissions.DecideAsync(actor, MailFeature.Permissions.Manage, Scope.Tenant, ct)).Allowed;
        return Page();
    }

    /// <summary>The text part, its addresses apart from the rest, so that they can be followed.</summary>
    public static IEnumerable<(string Text, bool IsLink)> Parts(string text)
    {
        var at = 0;
        foreach (Match link in Links().Matches(text))
        {
            yield return (text[at..link.Index], false);
            yield return (link.Value, true);
            at = link.Index + link.Length;
        }
        yield return (text[at..], false);
    }

    [GeneratedRegex(@"https?://[^\s<>""]+")]
    private static partial Regex Links();
}
