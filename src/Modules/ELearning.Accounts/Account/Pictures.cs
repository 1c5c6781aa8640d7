using System.Security.Cryptography;
using ELearning.Blobs;
using ELearning.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ELearning.Accounts;

/// <summary>
/// The pictures of people, made anew by <see cref="Images"/>. They are small, so they are rows beside the person, and go
/// with the person when that one is erased.
/// </summary>
internal sealed class Pictures(Db db, ELearning.People people, Audit audit)
{
    /// <summary>Twice what the largest place shows, for screens with fine pixels.</summary>
    public const int Side = 256;

    public Task KeepAsync(Guid person, ImageMade picture, CancellationToken ct) => db.TransactAsync(async () =>
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(picture.Bytes));
        await db.ExecuteAsync($"""
            INSERT INTO pictures (person_id, hash, bytes) VALUES ({person}, {hash}, {picture.Bytes})
            ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, bytes = excluded.bytes
            """, ct);
        await people.ShowAsync(person, hash, ct);
        await audit.WriteAsync("picture-changed", new("person", person), new { }, ct, about: person);
    }, ct);

    public Task RemoveAsync(Guid person, CancellationToken ct) => db.TransactAsync(async () =>
    {
        if (await db.ExecuteAsync($"DELETE FROM pictures WHERE person_id = {person}", ct) == 0) return;
        await people.ShowAsync(person, null, ct);
        await audit.WriteAsync("picture-removed", new("person", person), new { }, ct, about: person);
    }, ct);

    /// <summary>For people who are signed in here. Its name is its content, so a browser that has it need not ask again.</summary>
    public static async Task<Results<FileContentHttpResult, NotFound, StatusCodeHttpResult>> ShowAsync(string hash, Db db, HttpContext http, CancellationToken ct)
    {
        var tag = $"\"{hash}\"";
        if (http.Request.Headers.IfNoneMatch == tag && await db.FirstAsync<Guid?>($"SELECT person_id FROM pictures WHERE hash = {hash} LIMIT 1", ct) is not null)
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        if (await db.FirstAsync<byte[]>($"SELECT bytes FROM pictures WHERE hash = {hash} LIMIT 1", ct) is not { } bytes) return TypedResults.NotFound();

        http.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        http.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return TypedResults.File(bytes, ImageMade.Type, entityTag: new(tag));
    }
}
