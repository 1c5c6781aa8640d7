using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ELearning.Keeping;

/// <summary>
/// A file that only its passphrase opens: magic, salt, then chunks under AES-GCM. A chunk's number and whether it is the
/// last are part of what is sealed, so none can be cut off, left out or moved.
/// </summary>
internal static class Passphrase
{
    private const int Chunk = 64 * 1024;
    private const int Tag = 16;
    private const int Rounds = 600_000;

    private static ReadOnlySpan<byte> Magic => "ELKEEP1\n"u8;

    public static bool IsSealed(Stream file)
    {
        Span<byte> start = stackalloc byte[Magic.Length];
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == start.Length && start.SequenceEqual(Magic);
    }

    public static async Task SealAsync(Stream plain, Stream target, string passphrase, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        await target.WriteAsync(Magic.ToArray(), ct);
        await target.WriteAsync(salt, ct);
        using var aes = new AesGcm(KeyOf(passphrase, salt), Tag);
        var (current, next, box) = (new byte[Chunk], new byte[Chunk], new byte[Tag + Chunk]);
        var size = await plain.ReadAtLeastAsync(current, Chunk, throwOnEndOfStream: false, ct);
        for (ulong number = 0; ; number++)
        {
            var following = size == Chunk ? await plain.ReadAtLeastAsync(next, Chunk, throwOnEndOfStream: false, ct) : 0;
            aes.Encrypt(Nonce(number, following == 0), current.AsSpan(0, size), box.AsSpan(Tag, size), box.AsSpan(0, Tag));
            await target.WriteAsync(box.AsMemory(0, Tag + size), ct);
            if (following == 0) return;
            (current, next, size) = (next, current, following);
        }
    }

    public static async Task OpenAsync(Stream source, Stream plain, string passphrase, CancellationToken ct)
    {
        var head = new byte[Magic.Length + 16];
        await source.ReadExactlyAsync(head, ct);
        using var aes = new AesGcm(KeyOf(passphrase, head.AsSpan(Magic.Length)), Tag);
        var (current, next, open) = (new byte[Tag + Chunk], new byte[Tag + Chunk], new byte[Chunk]);
        var size = await source.ReadAtLeastAsync(current, current.Length, throwOnEndOfStream: false, ct);
        for (ulong number = 0; ; number++)
        {
            var following = size == current.Length ? await source.ReadAtLeastAsync(next, next.Length, throwOnEndOfStream: false, ct) : 0;
            try
            {
                if (size < Tag) throw new CryptographicException("cut off");
                aes.Decrypt(Nonce(number, following == 0), current.AsSpan(Tag, size - Tag), current.AsSpan(0, Tag), open.AsSpan(0, size - Tag));
            }
            catch (CryptographicException e)
            {
                throw new KeepingException(number == 0 ? "The passphrase is another, or the file is damaged." : "The file is damaged or not complete.", e);
            }
            await plain.WriteAsync(open.AsMemory(0, size - Tag), ct);
            if (following == 0) return;
            (current, next, size) = (next, current, following);
        }
    }

    // Each file has a salt and so a key of its own: counting is enough for a nonce.
    private static byte[] Nonce(ulong number, bool last)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, number);
        nonce[11] = last ? (byte)1 : (byte)0;
        return nonce;
    }

    private static byte[] KeyOf(string passphrase, ReadOnlySpan<byte> salt) =>
        Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, Rounds, HashAlgorithmName.SHA256, 32);
}
