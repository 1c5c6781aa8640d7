using System.Security.Cryptography;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace ELearning.Accounts;

/// <summary>What a browser keeps between the steps of a sign-in, and which account it has been signed in on before. Sealed: neither can be made up.</summary>
internal sealed class SignInCookies(Tenant tenant, IDataProtectionProvider protection)
{
    private string Step => $".el-step-{tenant.Key}";

    private string Known => $".el-known-{tenant.Key}";

    public HalfSignedIn? Halfway(HttpContext http) => Open("step", http.Request.Cookies[Step]) is { } json ? Json.To<HalfSignedIn>(json) : null;

    public void KeepHalfway(HttpContext http, HalfSignedIn half, TimeSpan life) => Append(http, Step, Protector("step").Protect(Json.Of(half)), life);

    public void ForgetHalfway(HttpContext http) => http.Response.Cookies.Delete(Step, Options(http));

    public void Remember(HttpContext http, string emailKey) =>
        Append(http, Known, Protector("known").Protect($"{emailKey}\n{Guid.NewGuid():N}"), TimeSpan.FromDays(365));

    /// <returns>Null unless the account of this address was signed in on in this browser.</returns>
    public string? Device(HttpContext http, string emailKey) =>
        Open("known", http.Request.Cookies[Known])?.Split('\n') is [var known, var device] && known == emailKey ? device : null;

    private IDataProtector Protector(string purpose) => protection.CreateProtector($"Accounts.SignIn.{purpose}");

    private string? Open(string purpose, string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        try
        {
            return Protector(purpose).Unprotect(text);
        }
        catch (CryptographicException)
        {
            // Of another tenant, of keys that are gone, or made up: no cookie of ours.
            return null;
        }
    }

    private static void Append(HttpContext http, string name, string value, TimeSpan life)
    {
        var options = Options(http);
        options.MaxAge = life;
        http.Response.Cookies.Append(name, value, options);
    }

    private static CookieOptions Options(HttpContext http) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/",
    };
}
