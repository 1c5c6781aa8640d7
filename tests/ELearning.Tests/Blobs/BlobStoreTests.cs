using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace ELearning.Blobs;

public sealed class BlobsOnSqlite() : BlobStoreTests("sqlite");

public sealed class BlobsOnPostgres(PostgresInstallation shared) : BlobStoreTests("postgres", shared), IClassFixture<PostgresInstallation>;

public abstract class BlobStoreTests(string engine, PostgresInstallation? shared = null) : IAsyncLifetime
{
    private const long Quota = 1000;

    private readonly HandClock _clock = new() { Now = DateTimeOffset.UtcNow };
    private readonly BlobOwner _owner = new("media", Guid.CreateVersion7());
    private Scratch _scratch = null!;

    public async Task InitializeAsync() => _scratch = await Scratch.MakeAsync(engine, tenant: _ => BlobTables.Migrations, shared: shared);

    public async Task DisposeAsync() => await _scratch.DisposeAsync();

    [Fact]
    public async Task A_stored_file_is_read_again_byte_by_byte()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        using var received = await Store().ReceiveAsync(new MemoryStream(bytes), 1 << 20, default);

        Assert.Null(await Store().KeepAsync(received!, _owner, "photo.png", "image/png", 1 << 20, default));

        var blob = (await Store().FindAsync(_owner, received!.Hash, default))!;
        Assert.Equal(new Blob(Convert.ToHexStringLower(SHA256.HashData(bytes)), 300_000, "photo.png", "image/png"), blob);
        await using var stream = Store().Open(blob);
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        Assert.Equal(bytes, copy.ToArray());
        Assert.True(File.Exists(Path.Combine(Root, "academy", blob.Hash[..2], blob.Hash)));
        Assert.Empty(Directory.GetFiles(Path.Combine(Root, "academy", "incoming")));
    }

    [Fact]
    public async Task The_same_bytes_are_stored_and_counted_once_and_each_owner_has_its_own_name_for_them()
    {
        var other = new BlobOwner("avatar", Guid.CreateVersion7());
        await KeepAsync("same", _owner, "a.txt");
        var blob = await KeepAsync("same", other, "b.html", "text/html");
        await KeepAsync("same", other, "again.html", "text/html");

        Assert.Equal(new(4, 1), await Store().UsageAsync(default));
        Assert.Equal("a.txt", (await Store().FindAsync(_owner, blob.Hash, default))!.Name);
        Assert.Equal("text/html", (await Store().FindAsync(other, blob.Hash, default))!.Type);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_before_it_is_read_to_its_end()
    {
        var endless = new Endless();

        Assert.Null(await Store().ReceiveAsync(endless, 1_000_000, default));

        Assert.InRange(endless.Read, 1_000_001, 1_200_000);
        Assert.Empty(Directory.GetFiles(Path.Combine(Root, "academy", "incoming")));
        Assert.Contains("MB", new BlobTooLarge(5 << 20).Text);
    }

    [Fact]
    public async Task A_file_over_the_quota_is_refused_with_the_counts_and_nothing_is_written()
    {
        await KeepAsync(new string('a', 900), _owner);
        using var received = await ReceiveAsync(new string('b', 101));

        var refused = await Store().KeepAsync(received, _owner, "b.txt", "text/plain", Quota, default);

        Assert.Equal(new StorageFull(900, 101, 1000), refused);
        Assert.Contains("900", refused!.Text);
        Assert.Equal(new(900, 1), await Store().UsageAsync(default));
        Assert.Single(await Store().ListAsync(_owner, default));
        // What is there already needs no room.
        await KeepAsync(new string('a', 900), new("media", Guid.CreateVersion7()));
    }

    [Fact]
    public async Task Many_uploads_at_once_never_pass_the_quota()
    {
        var refused = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            using var received = await ReceiveAsync($"{i:0000}{new string('x', 96)}");
            return await Store().KeepAsync(received, new("media", Guid.CreateVersion7()), "x", "text/plain", Quota, default);
        }));

        Assert.Equal(20, refused.Count(r => r is StorageFull));
        Assert.Equal(new(1000, 10), await Store().UsageAsync(default));
    }

    [Fact]
    public async Task A_transaction_that_fails_leaves_neither_reference_nor_count()
    {
        using var received = await ReceiveAsync("lost");
        var db = _scratch.Open();

        await Assert.ThrowsAsync<InvalidDataException>(() => db.TransactAsync(async () =>
        {
            await Store(db).KeepAsync(received, _owner, "x", "text/plain", Quota, default);
            throw new InvalidDataException();
        }));

        Assert.Null(await Store().FindAsync(_owner, received.Hash, default));
        Assert.Equal(new(0, 0), await Store().UsageAsync(default));
    }

    [Fact]
    public async Task A_released_file_frees_its_room_at_once_and_its_bytes_go_after_a_week()
    {
        var blob = await KeepAsync("hello", _owner);
        await Store().CopyAsync(_owner, new("copy", _owner.Id), default);
        await Store().ReleaseAsync(_owner, blob.Hash, default);
        Assert.Equal(new(5, 1), await Store().UsageAsync(default));

        await Store().ReleaseAllAsync(new("copy", _owner.Id), default);
        await Store().ReleaseAllAsync(new("copy", _owner.Id), default);
        Assert.Equal(new(0, 0), await Store().UsageAsync(default));
        _clock.Now += TimeSpan.FromDays(7);
        Assert.Equal(0, await Store().SweepAsync(default));
        Assert.True(Exists(blob));

        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(1, await Store().SweepAsync(default));
        Assert.False(Exists(blob));
        Assert.Equal(0, await _scratch.Open().FirstAsync<int?>($"SELECT count(*) FROM blobs"));
    }

    [Fact]
    public async Task A_sweep_removes_what_a_killed_upload_left_and_nothing_that_is_used()
    {
        var used = await KeepAsync("used", _owner);
        await ReceiveAsync("killed while arriving");
        var db = _scratch.Open();
        using var stray = await ReceiveAsync("killed before the commit");
        await Assert.ThrowsAsync<InvalidDataException>(() => db.TransactAsync(async () =>
        {
            await Store(db).KeepAsync(stray, _owner, "x", "text/plain", Quota, default);
            throw new InvalidDataException();
        }));
        Assert.Equal(0, await Store().SweepAsync(default));
        Assert.Equal(3, Files().Length);

        _clock.Now += TimeSpan.FromDays(8);
        Assert.Equal(1, await Store().SweepAsync(default));
        Assert.Equal([used.Hash], Files());
    }

    [Fact]
    public async Task A_sweep_killed_between_file_and_row_is_healed_by_the_next_upload()
    {
        var blob = await KeepAsync("hello", _owner);
        await Store().ReleaseAsync(_owner, blob.Hash, default);
        File.Delete(Path.Combine(Root, "academy", blob.Hash[..2], blob.Hash));

        await KeepAsync("hello", _owner);
        _clock.Now += TimeSpan.FromDays(8);
        await Store().SweepAsync(default);

        Assert.True(Exists(blob));
        Assert.Equal(new(5, 1), await Store().UsageAsync(default));
    }

    [Fact]
    public async Task Sweeps_and_uploads_of_the_same_bytes_at_once_never_lose_a_file()
    {
        for (var round = 0; round < 10; round++)
        {
            var blob = await KeepAsync($"contested {round}", _owner);
            await Store().ReleaseAsync(_owner, blob.Hash, default);
            await _scratch.Open().ExecuteAsync($"UPDATE blobs SET last_referenced_at = {_clock.Now.AddDays(-8)} WHERE uses = 0");

            await Task.WhenAll(Store().SweepAsync(default), Task.Run(() => KeepAsync($"contested {round}", _owner)), Store().SweepAsync(default));

            Assert.True(Exists(blob));
            Assert.NotNull(await Store().FindAsync(_owner, blob.Hash, default));
        }
        Assert.Equal(10, (await Store().UsageAsync(default)).Blobs);
    }

    [Theory]
    [InlineData("../other")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    public void A_tenant_cannot_name_its_way_out(string tenant) =>
        Assert.Throws<ArgumentException>(() => new BlobFolder(Root).PathOf(tenant, new string('a', 64)));

    [Fact]
    public void A_hash_cannot_name_its_way_out() =>
        Assert.Throws<ArgumentException>(() => new BlobFolder(Root).PathOf("academy", "../../../etc/passwd"));

    private string Root => Path.Combine(_scratch.Folder, "blobs");

    private BlobStore Store(Data.Db? db = null) => new(db ?? _scratch.Open(), new(Root), "academy", _clock);

    private async Task<ReceivedBlob> ReceiveAsync(string text) =>
        (await Store().ReceiveAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), 10_000, default))!;

    private async Task<Blob> KeepAsync(string text, BlobOwner owner, string name = "x.txt", string type = "text/plain")
    {
        using var received = await ReceiveAsync(text);
        Assert.Null(await Store().KeepAsync(received, owner, name, type, Quota, default));
        return (await Store().FindAsync(owner, received.Hash, default))!;
    }

    private bool Exists(Blob blob) => File.Exists(Path.Combine(Root, "academy", blob.Hash[..2], blob.Hash));

    private string[] Files() =>
        [.. Directory.GetFiles(Root, "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))];

    private sealed class Endless : MemoryStream
    {
        public new long Read { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Read += buffer.Length;
            return new(buffer.Length);
        }
    }
}
