using System.Runtime.CompilerServices;
using System.Text;
using Xunit;

namespace ELearning.Blobs;

public sealed class ImagesTests : IDisposable
{
    private readonly Images _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData("turned.jpg")]
    [InlineData("plain.png")]
    [InlineData("plain.webp")]
    [InlineData("plain.gif")]
    public async Task A_picture_becomes_a_square_of_webp(string name)
    {
        var made = Assert.IsType<ImageMade>(await _images.CutAsync(Open(name), 32, 32, Focus.Middle, default));

        Assert.Equal((32, 32), (made.Width, made.Height));
        Assert.Equal("RIFF", Encoding.ASCII.GetString(made.Bytes, 0, 4));
        Assert.Equal("WEBP", Encoding.ASCII.GetString(made.Bytes, 8, 4));
    }

    [Fact]
    public async Task A_photograph_stands_upright_and_says_nothing_of_where_it_was_taken()
    {
        Assert.Contains("SECRETNAME", Encoding.Latin1.GetString(Bytes("turned.jpg")));

        var made = Assert.IsType<ImageMade>(await _images.FitAsync(Open("turned.jpg"), 1000, 1000, default));

        // Four by three on its side.
        Assert.Equal((300, 400), (made.Width, made.Height));
        Assert.DoesNotContain("SECRETNAME", Encoding.Latin1.GetString(made.Bytes));
        Assert.DoesNotContain("Exif", Encoding.Latin1.GetString(made.Bytes), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Whoever_cuts_gets_what_they_chose()
    {
        // Upright, the quarter on the right at the top is blue and all else is red; of one colour there is less to say.
        var blue = Assert.IsType<ImageMade>(await _images.CutAsync(Open("turned.jpg"), 64, 64, new(1, 0, 0.4), default));
        var both = Assert.IsType<ImageMade>(await _images.CutAsync(Open("turned.jpg"), 64, 64, new(0.5, 0.5, 0.4), default));

        Assert.True(blue.Bytes.Length < both.Bytes.Length, $"{blue.Bytes.Length} and {both.Bytes.Length} bytes");
        await Assert.ThrowsAsync<ArgumentException>(() => _images.CutAsync(Open("turned.jpg"), 64, 64, new(0.5, 1.1, 0.6), default));
    }

    [Fact]
    public async Task A_small_picture_is_not_blown_up()
    {
        var made = Assert.IsType<ImageMade>(await _images.CutAsync(Open("plain.png"), 512, 512, Focus.Middle, default));

        Assert.Equal((60, 60), (made.Width, made.Height));
    }

    [Fact]
    public async Task Its_first_bytes_decide_what_it_is_and_not_its_name()
    {
        foreach (var hostile in new[]
        {
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>", "<?xml version=\"1.0\"?><svg/>", "<html>", "%PDF-1.7", "BM000000000000", "", "\0\0\0\u001cftypheic",
        })
            Assert.Equal(ImageRefused.UnknownKind, await _images.CutAsync(Of(hostile), 64, 64, Focus.Middle, default));
    }

    [Fact]
    public async Task A_picture_that_is_something_else_as_well_leaves_that_behind()
    {
        using var both = new MemoryStream([.. Bytes("turned.jpg"), .. "<script>alert(1)</script>PK\u0003\u0004"u8]);

        var made = Assert.IsType<ImageMade>(await _images.CutAsync(both, 64, 64, Focus.Middle, default));

        Assert.DoesNotContain("script", Encoding.Latin1.GetString(made.Bytes));
    }

    [Fact]
    public async Task A_few_bytes_that_would_become_gigabytes_are_refused_before_they_do() =>
        Assert.Equal(ImageRefused.TooManyPixels, await _images.CutAsync(Open("bomb.png"), 64, 64, Focus.Middle, default));

    [Fact]
    public async Task Too_small_and_too_large_pictures_are_refused()
    {
        Assert.Equal(ImageRefused.TooSmall, await _images.CutAsync(Open("tiny.png"), 64, 64, Focus.Middle, default));
        using var large = new MemoryStream(new byte[Images.MostBytes + 1]);
        Assert.Equal(ImageRefused.TooLarge, await _images.CutAsync(large, 64, 64, Focus.Middle, default));
    }

    [Theory]
    [InlineData("turned.jpg")]
    [InlineData("plain.png")]
    [InlineData("plain.webp")]
    public async Task Half_a_picture_is_none(string name)
    {
        var bytes = Bytes(name);
        using var half = new MemoryStream(bytes[..(bytes.Length / 2)]);

        Assert.Equal(ImageRefused.Damaged, await _images.CutAsync(half, 64, 64, Focus.Middle, default));
    }

    [Fact]
    public async Task Bytes_that_only_begin_like_a_picture_do_no_harm()
    {
        var random = new Random(1);
        foreach (var name in new[] { "turned.jpg", "plain.png", "plain.webp", "plain.gif" })
            for (var i = 0; i < 100; i++)
            {
                var bytes = Bytes(name);
                for (var j = 0; j < 10; j++) bytes[random.Next(12, bytes.Length)] = (byte)random.Next(256);
                using var broken = new MemoryStream(bytes);
                Assert.NotNull(await _images.CutAsync(broken, 32, 32, Focus.Middle, default));
            }
    }

    private static MemoryStream Open(string name) => new(Bytes(name));

    private static MemoryStream Of(string text) => new(Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(string name, [CallerFilePath] string path = "") => File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "pictures", name));
}
