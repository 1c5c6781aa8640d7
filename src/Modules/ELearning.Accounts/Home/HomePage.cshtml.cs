using ELearning.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Where everybody arrives who has signed in: a greeting, and what waits for them.</summary>
[SignedIn]
internal sealed class HomePage(Actor actor, Clockface local, TimeProvider clock, IStringLocalizer<AccountsFeature> T) : PageModel
{
    public string Greeting => local.Local(clock.GetUtcNow()).Hour switch
    {
        >= 5 and < 11 => T["Good morning, {0}", actor.Name],
        >= 11 and < 18 => T["Good day, {0}", actor.Name],
        _ => T["Good evening, {0}", actor.Name],
    };
}
