using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace ELearning.Blobs;

/// <summary>
/// Answers GET and HEAD with a blob: ETag, If-None-Match, If-Range and ranges by the framework. Whoever returns it has
/// already decided that this actor may read it.
/// </summary>
public sealed class BlobResult : IResult
{
    // What a browser shows without running anything. All else is downloaded, as bytes: a script or stylesheet that someone
    // uploaded would otherwise count as our own (same origin), whatever the page's policy says.
    private static readonly HashSet<string> Shown = new(StringComparer.OrdinalIgnoreCase)
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/x-icon", "application/pdf", "text/plain", "text/vtt",
        "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm", "video/mp4", "video/webm", "video/ogg",
    };

    private readonly PhysicalFileHttpResult _file;
    private readonly string _disposition;
    private readonly bool _isImage;
    private readonly bool _forever;

    internal BlobResult(string path, Blob blob, bool download, bool forever = false)
    {
        _forever = forever;
        var type = MediaTypeHeaderValue.TryParse(blob.Type, out var parsed) ? parsed.MediaType.Value ?? "" : "";
        // An SVG runs scripts when opened, but not as an <img>, which heeds the type and not the disposition.
        _isImage = type.Equals("image/svg+xml", StringComparison.OrdinalIgnoreCase);
        var sent = type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) ? type + "; charset=utf-8" : type;
        var isShown = Shown.Contains(type);
        _file = TypedResults.PhysicalFile(path, isShown || _isImage ? sent : "application/octet-stream",
            entityTag: new($"\"{blob.Hash}\""), enableRangeProcessing: true);

        var disposition = new ContentDispositionHeaderValue(isShown && !download ? "inline" : "attachment");
        disposition.SetHttpFileName(Path.GetFileName(blob.Name.Replace('\\', '/')));
        _disposition = disposition.ToString();
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        headers.ContentDisposition = _disposition;
        headers.XContentTypeOptions = "nosniff";
        // Who may read it can change at any time, so each use asks; the ETag makes that cheap.
        headers.CacheControl = _forever ? "public, max-age=31536000, immutable" : "private, no-cache";
        if (_isImage) headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'";
        return _file.ExecuteAsync(httpContext);
    }
}
