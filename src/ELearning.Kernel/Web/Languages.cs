using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ELearning.Web;

/// <summary>In which language somebody reads: as they said in their profile, else as their browser asks, else the site's own.</summary>
public static class Languages
{
    /// <summary>Those of which every text is there.</summary>
    public static readonly string[] Complete = ["en", "de"];

    /// <summary>What a site can be read in: those, and its own, of which the layout's direction and dates are right at least.</summary>
    public static IReadOnlyList<CultureInfo> Offered(string tenant) => [.. Complete.Append(tenant).Distinct().Select(CultureInfo.GetCultureInfo)];

    /// <summary>What the browser asks for first of what is offered.</summary>
    internal static CultureInfo Choose(HttpContext http, string tenant) => Choose(http.Request.GetTypedHeaders().AcceptLanguage, tenant);

    internal static CultureInfo Choose(IList<StringWithQualityHeaderValue> browser, string tenant)
    {
        var offered = Complete.Append(CultureInfo.GetCultureInfo(tenant).TwoLetterISOLanguageName).ToHashSet();
        return browser.OrderByDescending(wish => wish.Quality ?? 1).Where(wish => wish.Quality != 0)
            .Select(wish => Known(wish.Value.ToString())).OfType<CultureInfo>()
            .FirstOrDefault(culture => offered.Contains(culture.TwoLetterISOLanguageName)) ?? CultureInfo.GetCultureInfo(tenant);
    }

    // Only what the system knows: names that a browser makes up would be kept for ever.
    internal static CultureInfo? Known(string name)
    {
        try
        {
            return name is "" or "*" ? null : CultureInfo.GetCultureInfo(name, predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }
}
