using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using ELearning.Data;

namespace ELearning.Keeping;

/// <summary>What lies in an archive. Everything else in it is refused.</summary>
/// <param name="Format">Of the archive itself.</param>
/// <param name="Hash">Over tables and media: alike for tenants that are alike, on whichever database and day.</param>
/// <param name="Versions">Of each feature's tables: an import begins there and migrates on.</param>
/// <param name="LeftOut">What is not in it although the database had it.</param>
internal sealed record Manifest(
    int Format, ArchiveKind Kind, DateTimeOffset At, string Hash, Dictionary<string, int> Versions,
    ArchivedFile Tenant, List<ArchivedTable> Tables, List<ArchivedMedia> Media, List<string> LeftOut)
{
    public const int Known = 1;

    public static string HashOf(IEnumerable<ArchivedTable> tables, IEnumerable<ArchivedMedia> media)
    {
        var lines = tables.OrderBy(table => table.Name, StringComparer.Ordinal).Select(table => $"table {table.Name} {table.File.Hash}\n")
            .Concat(media.OrderBy(blob => blob.Hash, StringComparer.Ordinal).Select(blob => $"media {blob.Hash} {blob.Size}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}

/// <summary>An export has what cannot be made anew; a backup has all tables, undelivered facts and sessions too; the data of features, before they are removed.</summary>
internal enum ArchiveKind { Export, Backup, Features }

internal sealed record ArchivedFile(string Hash, long Bytes);

internal sealed record ArchivedTable(string Name, long Rows, ArchivedFile File);

internal sealed record ArchivedMedia(string Hash, long Size);

/// <summary>The tenant's row and settings, as the platform knew them.</summary>
/// <param name="Keys">What opens its sealed values; only in an archive under a passphrase.</param>
internal sealed record ArchivedTenant(
    Guid Id, string Name, string Title, string[] Hosts, string? Prefix, string[] Features, string Theme, string Zone, string Culture,
    List<string> Keys, List<ArchivedSetting> Settings);

internal sealed record ArchivedSetting(string Key, string Json, string By, DateTimeOffset At);

/// <summary>Writes files one after the other, with their hashes, at constant memory.</summary>
internal sealed class ArchiveWriter(Stream target) : IAsyncDisposable
{
    private readonly ZipArchive _zip = new(target, ZipArchiveMode.Create, leaveOpen: true);

    public async Task<ArchivedFile> AddAsync(string name, Func<Stream, Task> write, bool compress = true)
    {
        await using var entry = await _zip.CreateEntry(name, compress ? CompressionLevel.Fastest : CompressionLevel.NoCompression).OpenAsync();
        await using var hashing = new HashingStream(entry, long.MaxValue, name);
        await write(hashing);
        await hashing.FlushAsync();
        return hashing.Finish();
    }

    public Task FinishAsync(Manifest manifest, CancellationToken ct) =>
        AddAsync("manifest.json", stream => JsonSerializer.SerializeAsync(stream, manifest, Json.Options, ct));

    public ValueTask DisposeAsync() => _zip.DisposeAsync();
}

/// <summary>
/// Reads an archive that anybody may have made: nothing is taken that the manifest does not name, nothing is read beyond
/// what it says, and no name in it ever becomes a path.
/// </summary>
internal sealed class ArchiveReader : IAsyncDisposable
{
    private const long LargestManifest = 64 << 20;

    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];

    private ArchiveReader(ZipArchive zip, Manifest manifest) => (_zip, Manifest) = (zip, manifest);

    public Manifest Manifest { get; }

    /// <param name="limit">How many bytes all of it may unpack to.</param>
    public static async Task<ArchiveReader> OpenAsync(Stream source, long limit, CancellationToken ct)
    {
        try
        {
            var zip = await ZipArchive.CreateAsync(source, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, ct);
            var first = zip.GetEntry("manifest.json") ?? throw new KeepingException("This is no archive of a tenant: it has no manifest.");
            await using var stream = new HashingStream(await first.OpenAsync(ct), LargestManifest, "manifest.json");
            var manifest = await JsonSerializer.DeserializeAsync<Manifest>(stream, Json.Options, ct) ?? throw new KeepingException("The archive's manifest is empty.");
            var reader = new ArchiveReader(zip, manifest);
            reader.Check(limit);
            return reader;
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            throw new KeepingException($"This is no archive of a tenant: {e.Message}", e);
        }
    }

    public static string NameOf(ArchivedTable table) => $"tables/{table.Name}.ndjson";

    public static string NameOf(ArchivedMedia media) => $"media/{media.Hash}";

    /// <summary>The file's content, which fails at its end when it is not what the manifest says.</summary>
    public async Task ReadAsync(string name, ArchivedFile file, Func<Stream, Task> read, CancellationToken ct)
    {
        try
        {
            await using var stream = new HashingStream(await _entries[name].OpenAsync(ct), file.Bytes, name);
            await read(stream);
            if (stream.Finish() != file) throw new KeepingException($"{name} in the archive is not what the manifest says: the archive is damaged or was changed.");
        }
        catch (InvalidDataException e)
        {
            throw new KeepingException($"{name} in the archive is damaged: {e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync() => await _zip.DisposeAsync();

    private void Check(long limit)
    {
        if (Manifest.Format != Manifest.Known) throw new KeepingException($"The archive has the format {Manifest.Format}; this release knows {Manifest.Known}.");
        if (Manifest.Tenant is null || Manifest.Tables is null || Manifest.Media is null || Manifest.Versions is null || Manifest.LeftOut is null
            || Manifest.Tables.Exists(table => table is not { Name: not null, File: not null }) || Manifest.Media.Exists(media => media is not { Hash: not null }))
            throw new KeepingException("The archive's manifest is incomplete.");
        if (Manifest.HashOf(Manifest.Tables, Manifest.Media) != Manifest.Hash) throw new KeepingException("The archive's manifest was changed: its hash is another.");

        foreach (var entry in _zip.Entries)
            if (!_entries.TryAdd(entry.FullName, entry)) throw new KeepingException($"The archive has {entry.FullName} twice.");

        Int128 bytes = 0;
        var expected = new HashSet<string> { "manifest.json" };
        Expect("tenant.json", Manifest.Tenant.Bytes);
        foreach (var table in Manifest.Tables) Expect(NameOf(table), table.File.Bytes);
        foreach (var media in Manifest.Media) Expect(NameOf(media), media.Size);
        if (bytes > limit) throw new KeepingException($"The archive would unpack to {bytes} bytes, more than the {limit} that are allowed.");
        if (_entries.Keys.FirstOrDefault(name => !expected.Contains(name)) is { } stray)
            throw new KeepingException($"The archive has a file {stray} that its manifest does not name.");

        void Expect(string name, long size)
        {
            if (size < 0 || !expected.Add(name) || !_entries.ContainsKey(name)) throw new KeepingException($"The archive's {name} is missing, or named twice.");
            bytes += size;
        }
    }
}

/// <summary>Hashes and counts what passes, in either direction, and lets no more than a limit pass.</summary>
internal sealed class HashingStream(Stream inner, long limit, string name) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _bytes;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _bytes; set => throw new NotSupportedException(); }

    public ArchivedFile Finish() => new(Convert.ToHexStringLower(_hash.GetHashAndReset()), _bytes);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        Pass(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Pass(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Pass(buffer);
        inner.Write(buffer);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Pass(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        if ((_bytes += bytes.Length) > limit) throw new KeepingException($"{name} in the archive is larger than its manifest says.");
        _hash.AppendData(bytes);
    }
}
