using ELearning.Blobs;
using ELearning.Shells;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Themes;

/// <summary>What a tenant's pages have of its own: colour, corners, logo and favicon, sent under names that never mean anything else.</summary>
internal sealed class BrandFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Brand", "Brand", "Kernel", "A site's own colour, corners, logo and favicon.")
    {
        AlwaysOn = true,
        DependsOn = ["Blobs"],
    };

    public void Declare(FeatureBuilder f) => f.Setting<Brand>("Brand");

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton(provider => new Look(provider.GetRequiredService<Tenant>().Theme, provider.GetRequiredService<Brand>()));
        services.AddSingleton(provider => LookSheet.Of(provider.GetRequiredService<Look>()));
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/theme/{hash}.css", Sheet).Public("Every page is drawn with it, the first one too.");
        routes.MapGet("/theme/files/{hash:length(64)}", FileAsync).Public("A logo is on every page, the first one too.");
    }

    private static IResult Sheet(string hash, HttpContext http, LookSheet shown)
    {
        if (http.Features.Get<Look>() is { } preview) shown = LookSheet.Of(preview);
        // A page from before a change asks for a sheet that is no more. It gets today's, which is not to be kept under that name.
        http.Response.Headers.CacheControl = shown.Hash == hash ? "public, max-age=31536000, immutable" : "no-store";
        return Results.Text(shown.Text, "text/css");
    }

    private static async Task<Results<BlobResult, NotFound>> FileAsync(string hash, BlobStore blobs, CancellationToken ct) =>
        await blobs.FindAsync(Brand.Files, hash, ct) is { } file ? blobs.Serve(file, forever: true) : TypedResults.NotFound();
}
