using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Accounts;

/// <summary>Somebody has come by a link of a letter, to choose a password. To look at the page does not use the link up.</summary>
internal abstract class LinkPage(OneTimeTokens tokens, ChosenPassword chosen, TimeProvider clock, TokenPurpose purpose) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string Token { get; set; } = "";

    [BindProperty]
    public PasswordForm Chosen { get; set; } = new();

    /// <summary>Null when the link is good no more; the page says so, and what to do.</summary>
    public OneTimeToken? Found { get; private set; }

    public string Hint => chosen.Hint;

    protected async Task<bool> FindAsync(CancellationToken ct)
    {
        var found = await tokens.FindAsync(purpose, Token, ct);
        Found = found?.IsGood(clock.GetUtcNow()) == true ? found : null;
        if (Found is null) Response.StatusCode = StatusCodes.Status410Gone;
        return Found is not null;
    }

    /// <summary>Of whoever signs up or answers an invitation: how they are called is theirs to say.</summary>
    public sealed class NameForm
    {
        [Display(Name = "Your name")]
        [Required(ErrorMessage = "Write your name.")]
        [StringLength(100, ErrorMessage = "Shorten your name to at most 100 characters.")]
        public string Name { get; set; } = "";
    }
}
