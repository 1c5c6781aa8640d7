using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Shows new codes until the person says that they have kept them, or a quarter of an hour is over. The browser has them meanwhile, sealed; the site has hashes.</summary>
[SignedIn, NotWhileActing]
internal sealed class RecoveryCodes(Site site, TimeProvider clock, IStringLocalizer<AccountsFeature> texts) : PageModel
{
    internal const string Path = "/account/security/recovery-codes";

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public IReadOnlyList<string> Shown { get; private set; } = [];

    public string TextFile => $"{site.Address(Path)}?handler=text";

    public IActionResult OnGet()
    {
        Shown = ShownCodes.Read(TempData, clock);
        return Shown.Count == 0 ? Redirect(site.Address(SecurityPage.Path)) : Page();
    }

    public IActionResult OnGetText()
    {
        if (ShownCodes.Read(TempData, clock) is not { Count: > 0 } codes) return Redirect(site.Address(SecurityPage.Path));
        var text = $"{texts["Recovery codes for {0}", site.Title]}\r\n{texts["Each is good once."]}\r\n\r\n{string.Join("\r\n", codes)}\r\n";
        return File(Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", "recovery-codes.txt");
    }

    public IActionResult OnPost()
    {
        TempData.Remove(ShownCodes.Key);
        return Redirect(ReturnUrl is null ? site.Address(SecurityPage.Path) : ReturnTo.Local(ReturnUrl, site));
    }
}

/// <summary>Codes on their way from where they were made to the page that shows them.</summary>
internal static class ShownCodes
{
    /// <summary>The name of the property that carries them, in the note that the framework seals.</summary>
    public const string Key = "Codes";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    public static string Keep(string[] codes, TimeProvider clock) =>
        $"{clock.GetUtcNow().Add(Life).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)} {string.Join(' ', codes)}";

    public static IReadOnlyList<string> Read(Microsoft.AspNetCore.Mvc.ViewFeatures.ITempDataDictionary notes, TimeProvider clock) =>
        notes.Peek(Key) is string text && text.Split(' ') is [var until, .. var codes]
        && long.Parse(until, CultureInfo.InvariantCulture) > clock.GetUtcNow().ToUnixTimeSeconds() ? codes : [];
}
