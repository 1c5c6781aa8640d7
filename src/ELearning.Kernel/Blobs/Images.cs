using System.Runtime.InteropServices;
using System.Text;

namespace ELearning.Blobs;

/// <summary>
/// Which part of a picture is meant, seen upright: where it lies in the room that there is beside it, from 0 (left, top) to
/// 1 (right, bottom), and how much of the largest possible one it is.
/// </summary>
public sealed record Focus(double X, double Y, double Share)
{
    public static readonly Focus Middle = new(0.5, 0.5, 1);

    public bool IsInside => X is >= 0 and <= 1 && Y is >= 0 and <= 1 && Share is > 0.05 and <= 1;
}

public abstract record ImageOutcome;

/// <summary>A new picture, as WebP, with nothing in it but its pixels.</summary>
public sealed record ImageMade(byte[] Bytes, int Width, int Height) : ImageOutcome
{
    public const string Type = "image/webp";
}

/// <param name="Text">For the person who wanted to store it: what to do. Also the key of its translation.</param>
public sealed record ImageRefused(string Text) : ImageOutcome
{
    public static readonly ImageRefused TooLarge = new("The picture is larger than 15 MB. Choose a smaller one.");
    public static readonly ImageRefused TooManyPixels = new("The picture has more than 50 million pixels. Make it smaller and try again.");
    public static readonly ImageRefused TooSmall = new("The picture is smaller than 16 by 16 pixels. Choose a larger one.");
    public static readonly ImageRefused UnknownKind = new("This is no picture that can be used here. Save it as JPEG, PNG, WebP or GIF and try again.");
    public static readonly ImageRefused Damaged = new("The picture is damaged or not complete. Open it, save it once more and try again.");
    public static readonly ImageRefused Missing = new("Pictures cannot be worked on here: the library libvips is missing. Whoever runs this site can install libvips42.");
}

/// <summary>
/// The one place where pictures of strangers are read. What kind a picture is, its first bytes decide, never its name;
/// size and pixels are checked before any is decoded; and what leaves is made anew from pixels alone, so that no hidden
/// place, script or second file in the original reaches anybody.
/// </summary>
public sealed class Images : IDisposable
{
    public const int MostBytes = 15 * 1024 * 1024;

    private const long MostPixels = 50_000_000;
    private const int LeastSide = 16;
    private const int Quality = 82;

    // Pixels are many: one picture at a time, so that ten at once do not take ten times the memory.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>A part of the picture, exactly as wide and high as asked for, or smaller in the same proportion when there are too few pixels.</summary>
    public Task<ImageOutcome> CutAsync(Stream source, int width, int height, Focus focus, CancellationToken ct) =>
        RunAsync(source, (image, work) => work.Cut(image, width, height, focus), width, height, focus, ct);

    /// <summary>The whole picture, within a box.</summary>
    public Task<ImageOutcome> FitAsync(Stream source, int width, int height, CancellationToken ct) =>
        RunAsync(source, (image, work) => work.Fit(image, width, height), width, height, Focus.Middle, ct);

    public void Dispose() => _turn.Dispose();

    private async Task<ImageOutcome> RunAsync(Stream source, Func<nint, Work, nint> draw, int width, int height, Focus focus, CancellationToken ct)
    {
        if (!focus.IsInside) throw new ArgumentException($"{focus} is not inside the picture.");
        if (await ReadAsync(source, ct) is not { } bytes) return ImageRefused.TooLarge;
        if (LoaderOf(bytes) is not { } load) return ImageRefused.UnknownKind;
        if (!Vips.IsThere) return ImageRefused.Missing;

        await _turn.WaitAsync(ct);
        var pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            using var work = new Work(load, pinned.AddrOfPinnedObject(), (nuint)bytes.Length);
            return work.Run(draw, width, height, focus);
        }
        catch (VipsException)
        {
            return ImageRefused.Damaged;
        }
        finally
        {
            pinned.Free();
            _turn.Release();
        }
    }

    /// <returns>Null when there is more than the limit.</returns>
    private static async Task<byte[]?> ReadAsync(Stream source, CancellationToken ct)
    {
        using var read = new MemoryStream();
        var buffer = new byte[81920];
        for (int count; (count = await source.ReadAsync(buffer, ct)) > 0;)
        {
            if (read.Length + count > MostBytes) return null;
            read.Write(buffer, 0, count);
        }
        return read.ToArray();
    }

    private static Loader? LoaderOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? Vips.LoadJpeg
        : bytes.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) ? Vips.LoadPng
        : bytes.Length > 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8) ? Vips.LoadWebp
        : bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8) ? Vips.LoadGif
        : null;

    /// <summary>What the library holds while one picture is worked on.</summary>
    private sealed class Work(Loader load, nint bytes, nuint length) : IDisposable
    {
        private readonly List<nint> _images = [];

        public ImageOutcome Run(Func<nint, Work, nint> draw, int width, int height, Focus focus)
        {
            // Only the header is read here.
            var header = Load(1);
            var (x, y) = (Vips.vips_image_get_width(header), Vips.vips_image_get_height(header));
            if ((long)x * y > MostPixels) return ImageRefused.TooManyPixels;
            if (x < LeastSide || y < LeastSide) return ImageRefused.TooSmall;

            var image = load == Vips.LoadJpeg ? Load(Shrink(x, y, width, height, focus)) : header;
            var drawn = draw(Keep(Vips.vips_autorot(image, out var upright, 0), upright), this);
            Vips.Check(Vips.vips_webpsave_buffer(drawn, out var saved, out var size, Vips.Text("Q"), Quality, Vips.Text("strip"), 1, 0));
            try
            {
                var made = new byte[(int)size];
                Marshal.Copy(saved, made, 0, made.Length);
                return new ImageMade(made, Vips.vips_image_get_width(drawn), Vips.vips_image_get_height(drawn));
            }
            finally
            {
                Vips.g_free(saved);
            }
        }

        public nint Cut(nint image, int width, int height, Focus focus)
        {
            var (x, y) = (Vips.vips_image_get_width(image), Vips.vips_image_get_height(image));
            var scale = Math.Min((double)x / width, (double)y / height) * focus.Share;
            var (w, h) = (Math.Clamp((int)Math.Round(width * scale), 1, x), Math.Clamp((int)Math.Round(height * scale), 1, y));
            var part = Keep(Vips.vips_extract_area(image, out var area, (int)((x - w) * focus.X), (int)((y - h) * focus.Y), w, h, 0), area);
            return scale >= 1 ? Resize(part, width, height, Vips.Exactly) : Resize(part, w, h, Vips.Exactly);
        }

        public nint Fit(nint image, int width, int height) => Resize(image, width, height, Vips.OnlySmaller);

        public void Dispose()
        {
            foreach (var image in _images) Vips.g_object_unref(image);
        }

        // Colours of cameras and printing presses become those of screens: the profile that names them is not kept.
        private nint Resize(nint image, int width, int height, int how) =>
            Keep(Vips.vips_thumbnail_image(image, out var resized, width, Vips.Text("height"), height, Vips.Text("size"), how, Vips.Text("export_profile"), Vips.Text("srgb"), 0), resized);

        // A JPEG can be decoded to an eighth of its size, which a photograph for an avatar needs no more than.
        private static int Shrink(int x, int y, int width, int height, Focus focus)
        {
            var spare = Math.Min(x, y) * focus.Share / Math.Max(width, height);
            return spare >= 8 ? 8 : spare >= 4 ? 4 : spare >= 2 ? 2 : 1;
        }

        private nint Load(int shrink) => Keep(load(bytes, length, out var image, shrink), image);

        private nint Keep(int failed, nint image)
        {
            Vips.Check(failed);
            _images.Add(image);
            return image;
        }
    }
}

internal delegate int Loader(nint bytes, nuint length, out nint image, int shrink);

/// <summary>The library could not do it: the picture is not what its first bytes say, or is cut off.</summary>
internal sealed class VipsException(string message) : Exception(message);

/// <summary>
/// What is used of libvips: of npm's sharp, beside the program, or Debian's libvips42. Its functions take named options up
/// to a null; all that are passed are numbers and texts, which both calling conventions pass as if they were declared.
/// </summary>
internal static class Vips
{
    public const int OnlySmaller = 2;
    public const int Exactly = 3;

    // "fail_on": any error that a decoder reports, a missing end too.
    private const int OnError = 2;

    public static readonly Loader LoadJpeg = (nint bytes, nuint length, out nint image, int shrink) => vips_jpegload_buffer(bytes, length, out image, Text("fail_on"), OnError, Text("shrink"), shrink, 0);
    public static readonly Loader LoadPng = (nint bytes, nuint length, out nint image, int _) => vips_pngload_buffer(bytes, length, out image, Text("fail_on"), OnError, 0);
    public static readonly Loader LoadWebp = (nint bytes, nuint length, out nint image, int _) => vips_webpload_buffer(bytes, length, out image, Text("fail_on"), OnError, 0);
    public static readonly Loader LoadGif = (nint bytes, nuint length, out nint image, int _) => vips_gifload_buffer(bytes, length, out image, Text("fail_on"), OnError, 0);

    private static readonly Lazy<bool> Started = new(Start);

    public static bool IsThere => Started.Value;

    /// <summary>As C has texts.</summary>
    public static byte[] Text(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    public static void Check(int failed)
    {
        if (failed == 0) return;
        var message = Marshal.PtrToStringUTF8(vips_error_buffer()) ?? "";
        vips_error_clear();
        throw new VipsException(message.Trim());
    }

    private static bool Start()
    {
        var library = Find();
        if (library == 0) return false;
        NativeLibrary.SetDllImportResolver(typeof(Vips).Assembly, (name, _, _) => name == Name ? library : 0);
        if (vips_init(Text("elearning")) != 0) return false;
        // A picture at a time, each once: threads and caches would only cost memory.
        vips_concurrency_set(1);
        vips_cache_set_max(0);
        vips_block_untrusted_set(1);
        return true;
    }

    private static nint Find()
    {
        var beside = Directory.GetFiles(AppContext.BaseDirectory, "libvips-cpp.so*").Order(StringComparer.Ordinal);
        foreach (var file in beside.Append("libvips.so.42"))
            if (NativeLibrary.TryLoad(file, out var library)) return library;
        return 0;
    }

    private const string Name = "vips";

    [DllImport(Name)]
    private static extern int vips_init(byte[] program);

    [DllImport(Name)]
    private static extern void vips_concurrency_set(int threads);

    [DllImport(Name)]
    private static extern void vips_cache_set_max(int operations);

    [DllImport(Name)]
    private static extern void vips_block_untrusted_set(int state);

    [DllImport(Name)]
    private static extern nint vips_error_buffer();

    [DllImport(Name)]
    private static extern void vips_error_clear();

    [DllImport(Name)]
    private static extern int vips_jpegload_buffer(
        nint bytes, nuint length, out nint image, byte[] failOn, int state, byte[] shrink, int by, nint end);

    [DllImport(Name)]
    private static extern int vips_pngload_buffer(nint bytes, nuint length, out nint image, byte[] failOn, int state, nint end);

    [DllImport(Name)]
    private static extern int vips_webpload_buffer(nint bytes, nuint length, out nint image, byte[] failOn, int state, nint end);

    [DllImport(Name)]
    private static extern int vips_gifload_buffer(nint bytes, nuint length, out nint image, byte[] failOn, int state, nint end);

    [DllImport(Name)]
    public static extern int vips_image_get_width(nint image);

    [DllImport(Name)]
    public static extern int vips_image_get_height(nint image);

    [DllImport(Name)]
    public static extern int vips_autorot(nint image, out nint upright, nint end);

    [DllImport(Name)]
    public static extern int vips_extract_area(nint image, out nint area, int left, int top, int width, int height, nint end);

    [DllImport(Name)]
    public static extern int vips_thumbnail_image(
        nint image, out nint resized, int width, byte[] heightName, int height,
        byte[] sizeName, int size, byte[] profileName,
        byte[] profile, nint end);

    [DllImport(Name)]
    public static extern int vips_webpsave_buffer(
        nint image, out nint bytes, out nuint length, byte[] qualityName, int quality,
        byte[] stripName, int strip, nint end);

    [DllImport(Name)]
    public static extern void g_free(nint memory);

    [DllImport(Name)]
    public static extern void g_object_unref(nint image);
}
