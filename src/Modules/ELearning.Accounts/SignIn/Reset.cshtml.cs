using Microsoft.AspNetCore.Mvc;

namespace ELearning.Accounts;

[Public("Whoever has forgotten the password cannot sign in."), Limit(RateGroup.SignIn)]
internal sealed class Reset(Arrivals arrivals, OneTimeTokens tokens, ChosenPassword chosen, SigningIn signingIn, Site site, TimeProvider clock)
    : LinkPage(tokens, chosen, clock, TokenPurpose.Reset)
{
    private readonly ChosenPassword _chosen = chosen;

    public string Again => site.Address("/forgot");

    public Task OnGetAsync(CancellationToken ct) => FindAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await FindAsync(ct) || !ModelState.IsValid) return Page();
        if (await _chosen.TakeAsync(Chosen.Password, ModelState, "Chosen.Password", [Found!.DisplayName, Found.Email], ct) is not { } password) return Page();
        if (await arrivals.ChooseAsync(TokenPurpose.Reset, Token, name: null, password, ct) is { } person) return Redirect(await signingIn.ContinueAsync(HttpContext, person, ct));

        await FindAsync(ct);
        return Page();
    }
}
