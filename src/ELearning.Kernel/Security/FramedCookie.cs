using Microsoft.AspNetCore.Http;

namespace ELearning.Security;

/// <summary>A cookie beside the session's, for forms and notes: in another site's frame it must allow what that one allows, or no form could be sent.</summary>
internal sealed class FramedCookie : CookieBuilder
{
    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var cookie = base.Build(context, expiresFrom);
        if (context.Features.Get<Framing>() is null) return cookie;

        cookie.SameSite = SameSiteMode.None;
        cookie.Secure = true;
        cookie.Extensions.Add("Partitioned");
        return cookie;
    }
}
