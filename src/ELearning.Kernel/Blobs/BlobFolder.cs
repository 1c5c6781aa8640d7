using System.Buffers;
using System.Security.Cryptography;
using ELearning.Data;

namespace ELearning.Blobs;

/// <summary>The bytes, a folder a tenant: <c>{tenant}/ab/abcdef...</c>, named by their SHA-256. Knows nothing of who owns them.</summary>
internal sealed class BlobFolder(string root)
{
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Copies to a temporary file at constant memory, durable but not yet kept. Null when there is more than <paramref name="limit"/>.</summary>
    public async Task<ReceivedBlob?> ReceiveAsync(string tenant, Stream source, long limit, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(FolderOf(tenant), "incoming")).FullName;
        var file = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        var buffer = ArrayPool<byte>.Shared.Rent(81920);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            await using (var target = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, useAsync: true))
            {
                int read;
                while ((read = await source.ReadAsync(buffer, ct)) > 0)
                {
                    if ((size += read) > limit)
                    {
                        File.Delete(file);
                        return null;
                    }
                    hash.AppendData(buffer, 0, read);
                    await target.WriteAsync(buffer.AsMemory(0, read), ct);
                }
                target.Flush(flushToDisk: true);
            }
            return new(file, Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        catch
        {
            File.Delete(file);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Gives the received bytes their name, durably. Does nothing when they are here already.</summary>
    public void Keep(string tenant, ReceivedBlob received)
    {
        var path = PathOf(tenant, received.Hash);
        if (File.Exists(path)) return;

        var folder = Path.GetDirectoryName(path)!;
        var isNew = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        File.Move(received.File, path, overwrite: true);
        Durable.FlushFolder(folder);
        if (isNew) Durable.FlushFolder(FolderOf(tenant));
    }

    public void Delete(string tenant, string hash)
    {
        var path = PathOf(tenant, hash);
        if (File.Exists(path)) File.Delete(path);
    }

    /// <summary>The hashes of files last written before then, and the left-overs of broken uploads removed on the way.</summary>
    public IEnumerable<string> OlderThan(string tenant, DateTimeOffset then)
    {
        if (!Directory.Exists(FolderOf(tenant))) yield break;
        foreach (var file in new DirectoryInfo(FolderOf(tenant)).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (file.LastWriteTimeUtc >= then.UtcDateTime) continue;
            if (file.Directory!.Name == "incoming") file.Delete();
            else yield return file.Name;
        }
    }

    public void DeleteAll(string tenant)
    {
        if (Directory.Exists(FolderOf(tenant))) Directory.Delete(FolderOf(tenant), recursive: true);
    }

    public string PathOf(string tenant, string hash)
    {
        if (hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower)) throw new ArgumentException("A blob is named by its SHA-256 in lower-case hexadecimal.");
        return Path.Combine(FolderOf(tenant), hash[..2], hash);
    }

    private string FolderOf(string tenant)
    {
        if (tenant.Length == 0 || tenant.AsSpan().ContainsAnyExcept(KeyCharacters)) throw new ArgumentException($"'{tenant}' is no tenant key.");
        return Path.Combine(root, tenant);
    }
}

/// <summary>Bytes that have arrived and are not kept yet. Disposing removes what was not kept.</summary>
public sealed class ReceivedBlob : IDisposable
{
    internal ReceivedBlob(string file, string hash, long size) => (File, Hash, Size) = (file, hash, size);

    internal string File { get; }

    public string Hash { get; }

    public long Size { get; }

    public void Dispose() => System.IO.File.Delete(File);
}
