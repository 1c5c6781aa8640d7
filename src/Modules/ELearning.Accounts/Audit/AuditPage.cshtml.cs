using System.Globalization;
using ELearning.Security;
using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Who did what, newest first; and whether anybody has tampered with it.</summary>
[Requires(ELearning.Audit.ReadPermission)]
internal sealed class AuditPage(
    ELearning.Audit audit, AuditCheck check, AuditTrail trail, PersonChoice choice, FeaturesInForce features, Clockface local, IStringLocalizer<AccountsFeature> T) : PageModel
{
    private const int PerPage = 50;

    [BindProperty(SupportsGet = true)]
    public AuditQuery Query { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public Guid? Chosen { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Who { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public PersonChoice Choice => choice;

    public IReadOnlyList<(string Name, string Text)> Acts { get; private set; } = [];

    public List<AuditLine> Lines { get; private set; } = [];

    public string? Older { get; private set; }

    [TempData]
    public string? Verdict { get; set; }

    [TempData]
    public bool IsBroken { get; set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Acts = [.. features.Acts.Select(act => (act, features.Act(act))).OrderBy(act => act.Item2)];
        await choice.ReadAsync(Chosen, Query.Person, Who, ct);
        Query = Query with { Person = choice.Person?.Id };
        if (choice.IsNobody) ModelState.AddModelError("Who", T["Nobody here has a name like that. Write the beginning of a name."]);
        if (choice.Text != "" && choice.Person is null) return;

        var entries = await audit.PageAsync(Query.Filter(local), Place(After), PerPage + 1, ct);
        if (entries.Count > PerPage)
        {
            entries.RemoveAt(PerPage);
            Older = Query.ToQueryString($"after={entries[^1].At.UtcTicks}.{entries[^1].Id:N}");
        }
        Lines = await trail.ReadAsync(entries, ct);
    }

    public async Task<IActionResult> OnPostVerifyAsync(CancellationToken ct)
    {
        var proof = await check.RunAsync(ct);
        await audit.WriteAsync("audit-verified", Scope.Tenant, new { proof.Through, proof.IsWhole }, ct);
        IsBroken = !proof.IsWhole;
        Verdict = proof.Why is { } why
            ? $"{T["The trail has been tampered with."].Value} {features.Text("Audit", why)} {T["Everything up to act {0} is as it was sealed.", proof.Through].Value}"
            : string.Join(' ', new[]
            {
                T["The trail is whole: all {0} sealed acts are as they were written.", proof.Through].Value,
                proof.Unsealed == 0 ? null : T["{0} more wait for their seal, which takes a few seconds.", proof.Unsealed].Value,
                proof.Erased == 0 ? null : T["Of {0} the values were erased with the person whom they were about.", proof.Erased].Value,
            }.OfType<string>());
        return RedirectToPage();
    }

    private static AuditPlace? Place(string? after) => after?.Split('.') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTime.MaxValue.Ticks && Guid.TryParse(id, out var entry)
        ? new(new(at, TimeSpan.Zero), entry) : null;
}
