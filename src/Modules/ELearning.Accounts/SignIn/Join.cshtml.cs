using Microsoft.AspNetCore.Mvc;

namespace ELearning.Accounts;

[Public("Whoever signs up is not known before."), Limit(RateGroup.SignIn)]
internal sealed class Join(Arrivals arrivals, OneTimeTokens tokens, ChosenPassword chosen, SigningIn signingIn, Site site, TimeProvider clock)
    : LinkPage(tokens, chosen, clock, TokenPurpose.SignUp)
{
    private readonly ChosenPassword _chosen = chosen;

    [BindProperty]
    public NameForm Input { get; set; } = new();

    public string Again => site.Address("/sign-up");

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (await FindAsync(ct)) Input.Name = Found!.DisplayName;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await FindAsync(ct) || !ModelState.IsValid) return Page();
        if (await _chosen.TakeAsync(Chosen.Password, ModelState, "Chosen.Password", [Input.Name, Found!.Email], ct) is not { } password) return Page();
        if (await arrivals.JoinAsync(Token, Input.Name.Trim(), password, ct) is { } person) return Redirect(await signingIn.ContinueAsync(HttpContext, person, ct));

        await FindAsync(ct);
        return Page();
    }
}
