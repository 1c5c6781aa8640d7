using System.Xml;
using ELearning.Blobs;
using ELearning.Themes;
using Microsoft.AspNetCore.Http;

namespace ELearning.SiteAdmin.Theme;

/// <summary>What a picture is for, and what it may be.</summary>
internal enum BrandFile { Logo, Favicon }

/// <summary>A file that was taken, by its hash, or why it was not: a key of the module's texts.</summary>
internal sealed record TakenFile(string? Hash, string? Refusal, string? Argument = null);

/// <summary>Logo and favicon: looked at byte by byte, whatever their name or sender says they are.</summary>
internal sealed class BrandFiles(BlobStore blobs)
{
    private const int LogoLimit = 512 * 1024;
    private const int FaviconLimit = 100 * 1024;

    public async Task<TakenFile> TakeAsync(IFormFile file, BrandFile kind, CancellationToken ct)
    {
        var limit = kind == BrandFile.Logo ? LogoLimit : FaviconLimit;
        if (file.Length > limit) return new(null, "This file is larger than {0}. Save it with fewer pixels: nobody sees more than a few hundred.", Bytes.Text(limit));
        if (file.Length == 0) return new(null, "This file is empty. Choose another one.");

        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, ct);
        if (TypeOf(bytes.ToArray()) is not { } type) return new(null, "This file is no picture that browsers show. Choose a PNG, JPEG, WebP, SVG or ICO file.");

        bytes.Position = 0;
        var received = await blobs.ReceiveAsync(bytes, limit, ct) ?? throw new InvalidOperationException("It has become longer while it was read.");
        var refused = await blobs.KeepAsync(received, Brand.Files, kind == BrandFile.Logo ? "logo" : "favicon", type, long.MaxValue, ct);
        return refused is null ? new(received.Hash, null) : new(null, refused.Text);
    }

    public async Task KeepOnlyAsync(IReadOnlyCollection<string> hashes, CancellationToken ct)
    {
        foreach (var unused in (await blobs.ListAsync(Brand.Files, ct)).Where(file => !hashes.Contains(file.Hash)))
            await blobs.ReleaseAsync(Brand.Files, unused.Hash, ct);
    }

    /// <summary>Its media type by what is in it; null for anything that a browser would not show as a picture.</summary>
    public static string? TypeOf(byte[] bytes) => bytes switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [0, 0, 1, 0, > 0, 0, ..] => "image/x-icon",
        _ => IsDrawing(bytes) ? "image/svg+xml" : null,
    };

    // What it may do is not decided here: it is sent with a policy under which nothing in it runs or loads.
    private static bool IsDrawing(byte[] bytes)
    {
        try
        {
            // Editors write a DOCTYPE, which is passed over unread: nothing is fetched, no entity is known.
            using var xml = XmlReader.Create(new MemoryStream(bytes), new() { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            if (xml.MoveToContent() != XmlNodeType.Element || xml is not { LocalName: "svg", NamespaceURI: "http://www.w3.org/2000/svg" }) return false;
            while (xml.Read()) { } // to its end, so that half a file is none
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
