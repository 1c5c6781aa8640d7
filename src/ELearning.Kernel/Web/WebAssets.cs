using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Web;

/// <summary>
/// What <c>scripts/web.mjs</c> made of the modules' <c>Client</c> folders. A name changes with its content, so a browser keeps
/// what it has for ever and still never shows anything old.
/// </summary>
internal sealed class WebAssets
{
    private const string Root = "/_content/";

    // The better one first.
    private static readonly string[] Kinds = ["br", "gz"];

    private sealed record Manifest(Dictionary<string, string> Files, string[] Icons);

    private sealed record Asset(string File, string Type, string[] Encodings);

    private readonly Dictionary<string, string> _paths;
    private readonly HashSet<string> _icons;
    private readonly Dictionary<string, Asset> _served = new(StringComparer.Ordinal);

    private WebAssets(string folder, Manifest manifest)
    {
        _paths = manifest.Files.ToDictionary(file => file.Key, file => Root + file.Value);
        _icons = [.. manifest.Icons];
        var types = new FileExtensionContentTypeProvider();
        foreach (var path in manifest.Files.Values)
        {
            var file = System.IO.Path.Combine(folder, path);
            var type = types.TryGetContentType(path, out var known) ? known : "application/octet-stream";
            if (type.StartsWith("text/", StringComparison.Ordinal)) type += "; charset=utf-8";
            _served[Root + path] = new(file, type, [.. Kinds.Where(kind => File.Exists($"{file}.{kind}"))]);
        }
    }

    public static WebAssets Load(string folder)
    {
        var manifest = System.IO.Path.Combine(folder, "manifest.json");
        return new(folder, File.Exists(manifest) ? JsonSerializer.Deserialize<Manifest>(File.ReadAllText(manifest), JsonSerializerOptions.Web)! : new([], []));
    }

    /// <param name="name">Module and file: <c>ELearning.BaseTheme/site.css</c>.</param>
    public string Path(string name) => _paths.TryGetValue(name, out var path) ? path
        : throw new ArgumentException($"There is no {name}: a module's own are in its folder Client, and dotnet build bundles them.");

    public string Icon(string name) => _icons.Contains(name) ? $"{Path("icons.svg")}#{name}"
        : throw new ArgumentException($"There is no icon {name} in the sprite. It is made of those that a page or a feature names in so many words: <icon name=\"{name}\" /> or Icon: \"{name}\".");

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (!_served.TryGetValue(http.Request.Path.Value!, out var asset) || !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)))
        {
            await next(http);
            return;
        }

        var answer = http.Response;
        answer.ContentType = asset.Type;
        answer.Headers.CacheControl = "public, max-age=31536000, immutable";
        var file = asset.File;
        if (asset.Encodings.Length > 0)
        {
            answer.Headers.Vary = "Accept-Encoding";
            var accepted = http.Request.Headers.AcceptEncoding.ToString();
            if (asset.Encodings.FirstOrDefault(kind => Accepts(accepted, kind)) is { } encoding)
            {
                answer.Headers.ContentEncoding = encoding == "gz" ? "gzip" : encoding;
                file += $".{encoding}";
            }
        }

        answer.ContentLength = new FileInfo(file).Length;
        if (HttpMethods.IsGet(http.Request.Method)) await answer.SendFileAsync(file, http.RequestAborted);
    }

    private static bool Accepts(string header, string kind) => header.Contains(kind == "gz" ? "gzip" : kind, StringComparison.OrdinalIgnoreCase);
}

internal static class WebAssetsPipeline
{
    public static void UseWebAssets(this IApplicationBuilder app)
    {
        var assets = app.ApplicationServices.GetRequiredService<WebAssets>();
        app.Use(assets.InvokeAsync);
    }
}

/// <summary><c>&lt;asset name="ELearning.BaseTheme/site.css" /&gt;</c>: a style sheet or a script, under the name that its content has given it.</summary>
[HtmlTargetElement("asset", TagStructure = TagStructure.WithoutEndTag)]
public sealed class AssetTagHelper(IServiceProvider services) : TagHelper
{
    public required string Name { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var path = services.GetRequiredService<WebAssets>().Path(Name);
        if (Name.EndsWith(".css", StringComparison.Ordinal))
        {
            output.TagName = "link";
            output.Attributes.SetAttribute("rel", "stylesheet");
            output.Attributes.SetAttribute("href", path);
            output.TagMode = TagMode.StartTagOnly;
        }
        else
        {
            output.TagName = "script";
            output.Attributes.SetAttribute("type", "module");
            output.Attributes.SetAttribute("src", path);
            output.TagMode = TagMode.StartTagAndEndTag;
        }
    }
}

/// <summary><c>&lt;icon name="users" /&gt;</c>: a picture beside words, which a screen reader passes over; with a label, instead of words.</summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed class IconTagHelper(IServiceProvider services) : TagHelper
{
    public required string Name { get; set; }

    public string? Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "icon");
        if (Label is null) output.Attributes.SetAttribute("aria-hidden", "true");
        else
        {
            output.Attributes.SetAttribute("role", "img");
            output.Attributes.SetAttribute("aria-label", Label);
        }
        output.Content.SetHtmlContent(Use(services.GetRequiredService<WebAssets>(), Name));
    }

    internal static TagBuilder Use(WebAssets assets, string name) => new("use") { Attributes = { ["href"] = assets.Icon(name) } };
}
