using System.ComponentModel.DataAnnotations;
using ELearning.Data;
using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>One role: its name, and which permissions it allows. A change that touches people is shown in numbers before it is made.</summary>
[Requires(ELearning.Roles.ManagePermission)]
internal sealed class RolePage(
    Db db, ELearning.Roles roles, Audit audit, Actor actor, FeaturesInForce features, RoleTexts words, IStringLocalizer<AccountsFeature> T) : PageModel
{
    public sealed record Line(PermissionInfo Permission, string Text, bool IsChecked, string? Fixed);

    public Role Role { get; private set; } = null!; // read before every handler's page is shown

    public string Name => words.Name(Role);

    /// <summary>Why this role cannot be changed by the one who looks at it.</summary>
    public string? Locked { get; private set; }

    public IReadOnlyList<(string Group, IReadOnlyList<Line> Lines)> Groups { get; private set; } = [];

    /// <summary>Whoever has this role signs in with a code from an app as well.</summary>
    public bool NeedsCode { get; private set; }

    /// <summary>The change as it was sent, before it is made.</summary>
    public RoleEffect? Effect { get; private set; }

    [BindProperty(SupportsGet = true, Name = "q"), StringLength(100)]
    public string? Filter { get; set; }

    [BindProperty]
    public Form Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken ct)
    {
        if (await ReadAsync(id, ct) is not { } reach) return NotFound();
        Input = new() { Name = Role.Name, Description = Role.Description, Revision = Role.Revision };
        Show(reach, Role.Permissions);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken ct)
    {
        if (await ReadAsync(id, ct) is not { } reach) return NotFound();
        var wanted = Wanted();
        if (WhyNot(reach, wanted) is { } why) ModelState.AddModelError("", why);
        if (!ModelState.IsValid)
        {
            Show(reach, wanted);
            return Page();
        }

        if (!Input.IsConfirmed && Input.Revision == Role.Revision && await RoleEffect.OfAsync(db, Role, wanted, ct) is { IsNothing: false } effect)
        {
            Effect = effect;
            Show(reach, wanted);
            return Page();
        }

        var refusal = await roles.SaveAsync(Role with { Name = Input.Name.Trim(), Description = Input.Description?.Trim() ?? "", Permissions = wanted, Revision = Input.Revision }, ct);
        if (refusal != RoleRefusal.None)
        {
            ModelState.Clear();
            ModelState.AddModelError("", words.Refusal(refusal));
            // What was wanted stays ticked, over the revision that is there now: looking at it and saving again is enough.
            if (refusal == RoleRefusal.Changed) Input.Revision = Role.Revision;
            Input.IsConfirmed = false;
            Show(reach, refusal == RoleRefusal.Changed ? Role.Permissions : wanted);
            return Page();
        }

        this.Say(T["The role is saved, and in force."].Value);
        return RedirectToPage(new { id, q = Filter });
    }

    public async Task<IActionResult> OnPostCodeAsync(Guid id, bool needed, CancellationToken ct)
    {
        if (await ReadAsync(id, ct) is null) return NotFound();
        if (Locked is not null) return RedirectToPage(new { id });

        await db.TransactAsync(async () =>
        {
            await db.ExecuteAsync($"INSERT INTO role_requirements (role_id, totp) VALUES ({id}, {needed}) ON CONFLICT (role_id) DO UPDATE SET totp = excluded.totp", ct);
            await audit.WriteAsync("role-code-changed", new("role", id), new { needed }, ct);
        }, ct);
        this.Say(needed ? T["People with this role need a code from now on. Who has none sets it up at the next sign-in."].Value : T["People with this role need no code any more."].Value);
        return RedirectToPage(new { id });
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id, CancellationToken ct)
    {
        if (await ReadAsync(id, ct) is not { } reach) return NotFound();
        if ((Locked ?? (await roles.RemoveAsync(id, ct) is var refusal and not RoleRefusal.None ? words.Refusal(refusal) : null)) is { } why)
        {
            ModelState.Clear();
            ModelState.AddModelError("", why);
            Input = new() { Name = Role.Name, Description = Role.Description, Revision = Role.Revision };
            Show(reach, Role.Permissions);
            return Page();
        }

        this.Say(T["The role {0} is gone.", Name].Value);
        return RedirectToPage("/ELearning.Accounts/Roles/RoleList");
    }

    private async Task<Reach?> ReadAsync(Guid id, CancellationToken ct)
    {
        if ((await roles.ListAsync(ct)).FirstOrDefault(role => role.Id == id) is not { } role) return null;
        Role = role;
        NeedsCode = await db.FirstAsync<bool?>($"SELECT totp FROM role_requirements WHERE role_id = {id}", ct) ?? false;
        var reach = await Reach.OfAsync(db, actor.Id, ct);
        if (!reach.Covers(role)) Locked = T["This role allows more than you may do yourself, so only somebody who may do all of it can change it."];
        return reach;
    }

    // Only what was on the page can have been ticked off: the rest was filtered out, or belongs to a feature that is off.
    private List<string> Wanted() => [.. Role.Permissions.Except(Input.Shown).Union(Input.Permissions.Intersect(Input.Shown))];

    private string? WhyNot(Reach reach, IReadOnlyCollection<string> wanted)
    {
        if (Locked is not null) return Locked;
        if (Role.Id == ELearning.Roles.Administrator && !wanted.Contains(ELearning.Roles.ManagePermission))
            return T["Administrators keep “{0}”, or nobody could give roles back.", features.Text(features.Permissions[ELearning.Roles.ManagePermission])];
        var above = wanted.Except(Role.Permissions).Where(permission => !reach.Covers([permission])).ToList();
        if (above.Count > 0) return T["You can give only what you may do yourself, and this is more: {0}.", string.Join(", ", above.Select(TextOf))];
        return wanted.All(permission => Role.Permissions.Contains(permission) || features.Permissions.ContainsKey(permission)) ? null
            : T["One of these permissions belongs to a feature that has been switched off. Look at the list as it is now."].Value;
    }

    public string TextOf(string permission) => features.Permissions.TryGetValue(permission, out var info) ? features.Text(info) : permission;

    private void Show(Reach reach, IReadOnlyCollection<string> ticked)
    {
        var filter = Fold.Text(Filter?.Trim() ?? "");
        Groups =
        [
            .. from permission in features.Permissions.Values
               let text = features.Text(permission)
               let groupText = features.Text(permission.Feature, permission.Group)
               where filter == "" || Fold.Text($"{groupText} {text} {permission.Id}").Contains(filter, StringComparison.Ordinal)
               group new Line(permission, text, ticked.Contains(permission.Id), WhyFixed(reach, permission)) by groupText into lines
               orderby lines.Key
               select (lines.Key, (IReadOnlyList<Line>)[.. lines.OrderBy(line => line.Text)]),
        ];
    }

    private string? WhyFixed(Reach reach, PermissionInfo permission) =>
        Locked is not null ? ""
        : Role.Id == ELearning.Roles.Administrator && permission.Id == ELearning.Roles.ManagePermission ? T["Administrators keep this one."].Value
        : !Role.Permissions.Contains(permission.Id) && !reach.Covers([permission.Id]) ? T["You may not do this yourself."].Value
        : null;

    public sealed class Form
    {
        [Display(Name = "Name")]
        [Required(ErrorMessage = "Give the role a name.")]
        [StringLength(100, ErrorMessage = "Shorten the name to at most 100 characters.")]
        public string Name { get; set; } = "";

        [Display(Name = "What it is for")]
        [StringLength(300, ErrorMessage = "Shorten the description to at most 300 characters.")]
        public string? Description { get; set; }

        public int Revision { get; set; }

        [MaxLength(2000)]
        public string[] Permissions { get; set; } = [];

        /// <summary>All that the page offered.</summary>
        [MaxLength(2000)]
        public string[] Shown { get; set; } = [];

        public bool IsConfirmed { get; set; }
    }
}
