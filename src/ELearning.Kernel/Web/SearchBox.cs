using ELearning.Data;
using ELearning.Shells;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace ELearning.Web;

/// <summary>Asks every source that a feature in force has brought, and finds the screens that somebody may use.</summary>
public sealed class SearchBox
{
    public const int Longest = 100;

    private const int HitsOfOneSource = 8;

    private readonly Shell _shell;
    private readonly IServiceProvider _services;
    private readonly Navigation _navigation;
    private readonly IStringLocalizer<KernelTexts> _texts;

    internal SearchBox(Shell shell, IServiceProvider services, Navigation navigation, IStringLocalizer<KernelTexts> texts) =>
        (_shell, _services, _navigation, _texts) = (shell, services, navigation, texts);

    public async Task<IReadOnlyList<SearchHit>> FindAsync(HttpContext http, string? text)
    {
        var wanted = (text ?? "").Trim();
        if (wanted.Length > Longest) wanted = wanted[..Longest];
        if (wanted == "") return [];

        var menu = await _navigation.ReadAsync(http);
        var hits = menu.All.Concat(menu.Account).Where(screen => Holds(screen.Text, wanted)).Take(HitsOfOneSource)
            .Select(screen => new SearchHit(_texts["Screens"], screen.Text, screen.Where, screen.Url)).ToList();
        foreach (var source in _shell.Features.SelectMany(feature => feature.Declared.Searches))
            hits.AddRange(await ((ISearchSource)ActivatorUtilities.CreateInstance(_services, source)).FindAsync(wanted, HitsOfOneSource, http.RequestAborted));
        return hits;
    }

    /// <summary>Every word begins a word of the title, whatever its case and accents.</summary>
    internal static bool Holds(string title, string wanted)
    {
        var words = Words(title);
        return Words(wanted).All(word => words.Any(other => other.StartsWith(word, StringComparison.Ordinal)));
    }

    private static string[] Words(string text) => Fold.Text(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
