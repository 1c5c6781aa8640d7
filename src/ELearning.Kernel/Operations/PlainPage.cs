using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ELearning;

/// <summary>A page that needs neither theme nor tenant nor any other file, since an error may be theirs.</summary>
internal static class PlainPage
{
    // Written into the page, and let through by its hash: the one style element of the whole product.
    private const string Style = """
        :root{color-scheme:light dark;font:1rem/1.55 system-ui,sans-serif;background:light-dark(#f7f8fb,#0e1219);color:light-dark(#161b26,#eceef4)}
        *{box-sizing:border-box}body{margin:0;min-block-size:100dvh;display:grid;place-items:center;padding:1.5rem}
        main{inline-size:min(34rem,100%);padding:clamp(1.5rem,6vw,3rem);border:1px solid light-dark(#dfe2ea,#2a303c);border-radius:14px;background:light-dark(#fff,#161b24);overflow-wrap:anywhere}
        h1{margin:0 0 .75rem;font-size:clamp(1.6rem,1.3rem + 1.4vw,2.1rem);line-height:1.15;letter-spacing:-.015em;text-wrap:balance}
        p{margin:.5rem 0 0;color:light-dark(#454c5c,#b6bccb)}a{color:light-dark(#2f5ea8,#9dc0f5)}code{font:.9em ui-monospace,monospace}pre{overflow:auto;font-size:.8rem}
        """;

    private static readonly string Policy = $"default-src 'none'; img-src data:; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    /// <param name="html">Trusted: whoever calls has encoded what came from outside.</param>
    public static Task WriteAsync(HttpContext http, int status, string title, string html)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return http.Response.WriteAsync($"""
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>{title}</title><link rel="icon" href="data:,"><style>{Style}</style>
            <main><h1>{title}</h1>{html}</main></html>
            """, http.RequestAborted);
    }
}
