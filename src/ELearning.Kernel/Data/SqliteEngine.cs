using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace ELearning.Data;

/// <summary>SQLite: a file for the platform and a file a tenant, in one folder.</summary>
internal sealed partial class SqliteEngine : Engine
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private readonly SqliteStore _platform;
    private readonly SqliteCopies _copies;
    private readonly ConcurrentDictionary<string, SqliteStore> _tenants = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new();

    public SqliteEngine(string folder, TimeProvider? time = null)
    {
        Name = $"SQLite {SqliteLibrary.Version}";
        _folder = folder;
        _time = time ?? TimeProvider.System;
        _platform = new(this, Path.Combine(folder, "platform.db"));
        _copies = new(Path.Combine(folder, "copies"));
        // One timer for all: a tenant that nobody visits has none.
        _sweep = _time.CreateTimer(_ => CloseIdle(Idle), null, Idle / 3, Idle / 3);
    }

    public override string Name { get; }

    public override Dialect Dialect => Dialect.Sqlite;

    internal override Store Platform => _platform.Owner;

    internal long Now => _time.GetTimestamp();

    internal override Task StartAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "tenants"));
        return _platform.CreateAsync(ct);
    }

    internal override Store Open(string tenantKey) => StoreOf(tenantKey);

    internal override Store OpenAsOwner(string tenantKey) => StoreOf(tenantKey).Owner;

    internal override Task CreateAsync(string tenantKey, CancellationToken ct) => StoreOf(tenantKey).CreateAsync(ct);

    /// <summary>Copies a tenant's file as it is at this moment, while others read and write it.</summary>
    internal Task BackupAsync(string tenantKey, string toFile, CancellationToken ct) => BackupFileAsync(FileOf(tenantKey), toFile, ct);

    internal override Task CopyBeforeAsync(Store owner, IReadOnlyList<string> tables, string step, DateTimeOffset at, CancellationToken ct) =>
        _copies.MakeAsync(((SqliteStore.Owned)owner).File, step, at, ct);

    internal override Task SweepCopiesAsync(DateTimeOffset before, CancellationToken ct)
    {
        _copies.Sweep(before);
        return Task.CompletedTask;
    }

    internal static async Task BackupFileAsync(string file, string toFile, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var part = toFile + ".part";
        File.Delete(part);
        await using (var source = new SqliteConnection(Connection(file, SqliteOpenMode.ReadWrite)))
        await using (var target = new SqliteConnection(Connection(part, SqliteOpenMode.ReadWriteCreate)))
        {
            await source.OpenAsync(ct);
            await target.OpenAsync(ct);
            source.BackupDatabase(target);
        }
        File.Move(part, toFile, overwrite: true);
    }

    internal override async Task DropAsync(string tenantKey, CancellationToken ct)
    {
        if (_tenants.TryRemove(tenantKey, out var store)) await store.CloseAsync();
        foreach (var suffix in new[] { "", "-wal", "-shm" }) File.Delete(FileOf(tenantKey) + suffix);
        _copies.Drop(FileOf(tenantKey));
    }

    internal override async ValueTask<IAsyncDisposable> LockAsync(string name, CancellationToken ct)
    {
        var gate = _locks.GetOrAdd(name, _ => new(1));
        await gate.WaitAsync(ct);
        return new Release(gate);
    }

    public override async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        await _platform.CloseAsync();
        foreach (var store in _tenants.Values) await store.CloseAsync();
    }

    private SqliteStore StoreOf(string tenantKey) => _tenants.GetOrAdd(tenantKey, key => new(this, FileOf(key)));

    private string FileOf(string tenantKey) => Keys().IsMatch(tenantKey)
        ? Path.Combine(_folder, "tenants", tenantKey + ".db")
        : throw new ArgumentException($"\"{tenantKey}\" cannot be the name of a file.");

    /// <summary>Closes what nobody used for so long. It opens again by itself.</summary>
    internal void CloseIdle(TimeSpan idle)
    {
        var since = Now - (long)(idle.TotalSeconds * _time.TimestampFrequency);
        var closed = _platform.CloseIdle(since);
        foreach (var store in _tenants.Values) closed |= store.CloseIdle(since);
        if (closed) NativeHeap.Trim();
    }

    private static string Connection(string file, SqliteOpenMode mode) =>
        new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]*\z")]
    private static partial Regex Keys();

    private sealed class Release(SemaphoreSlim gate) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            gate.Release();
            return default;
        }
    }
}
