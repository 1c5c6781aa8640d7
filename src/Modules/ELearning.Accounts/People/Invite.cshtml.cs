using System.ComponentModel.DataAnnotations;
using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Invites people, several at once, and shows which invitations have not been answered.</summary>
[Requires(PeoplePermissions.Manage)]
internal sealed class Invite(Invitations invitations, GiveRoles give, ELearning.Roles roles, RoleTexts words, IStringLocalizer<AccountsFeature> T) : PageModel
{
    private const int PerPage = 50;
    private static readonly string[] Separators = ["\r\n", "\n", ",", ";"];

    [BindProperty]
    public Form Input { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public Guid? After { get; set; }

    public IReadOnlyList<(Guid Id, string Name)> Roles { get; private set; } = [];

    public List<OpenInvitation> Open { get; private set; } = [];

    public Guid? Next { get; private set; }

    public IReadOnlyList<Invited> Refused { get; private set; } = [];

    public Task OnGetAsync(CancellationToken ct) => ReadAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var lines = (Input.Addresses ?? "").Split(Separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (lines.Count > Invitations.Most) ModelState.AddModelError("Input.Addresses", T["Invite at most {0} at once; import a file for more.", Invitations.Most]);
        if (Input.Role is { } role && await give.WhyNotAsync(role, ct) is { } why) ModelState.AddModelError("Input.Role", why);
        if (!ModelState.IsValid)
        {
            await ReadAsync(ct);
            return Page();
        }

        var invited = new List<Invited>();
        foreach (var line in lines) invited.Add(await invitations.InviteAsync(line, Input.Role, Input.Days, ct));
        var sent = invited.Count(one => one.Problem is null);
        if (sent == lines.Count)
        {
            this.Say(sent == 1 ? T["1 invitation is on its way."].Value : T["{0} invitations are on their way.", sent].Value);
            return RedirectToPage();
        }

        // What was understood has gone out; what is left stays in the form, to be corrected.
        Refused = invited.FindAll(one => one.Problem is not null);
        ModelState.Clear();
        Input.Addresses = string.Join('\n', Refused.Select(one => one.Line));
        foreach (var one in Refused) ModelState.AddModelError("Input.Addresses", $"{one.Line}: {one.Problem}");
        if (sent > 0) this.Say(T["{0} invitations are on their way.", sent].Value);
        await ReadAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAgainAsync(Guid person, CancellationToken ct)
    {
        this.Say(await invitations.SendAgainAsync(person, Form.UsualDays, ct) ? T["Sent again. The link that was sent before leads nowhere now."].Value : Gone());
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostWithdrawAsync(Guid person, CancellationToken ct)
    {
        this.Say(await invitations.WithdrawAsync(person, ct) ? T["Withdrawn. The link leads nowhere now."].Value : Gone());
        return RedirectToPage();
    }

    private string Gone() => T["This invitation has been answered or withdrawn meanwhile."];

    private async Task ReadAsync(CancellationToken ct)
    {
        Roles = [.. (await roles.ListAsync(ct)).Select(role => (role.Id, words.Name(role))).OrderBy(role => role.Item2)];
        Open = await invitations.PageAsync(After, PerPage + 1, ct);
        if (Open.Count <= PerPage) return;
        Open.RemoveAt(PerPage);
        Next = Open[^1].Id;
    }

    public sealed class Form
    {
        public const int UsualDays = 14;

        [Display(Name = "Mail addresses")]
        [Required(ErrorMessage = "Write at least one mail address.")]
        [StringLength(40_000, ErrorMessage = "This is too much at once; import a file instead.")]
        public string? Addresses { get; set; }

        public Guid? Role { get; set; } = ELearning.Roles.Learner;

        [Range(1, 90, ErrorMessage = "Choose between 1 and 90 days.")]
        [Display(Name = "Days until the link ends")]
        public int Days { get; set; } = UsualDays;
    }
}
