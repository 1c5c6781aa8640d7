using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ELearning.Security;

/// <summary>A 256-bit key that seals with AES-GCM. A sealed text reads <c>1.{key id}.{nonce, tag, cipher}</c>.</summary>
internal sealed class SealingKey
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _key;

    public SealingKey(byte[] key)
    {
        if (key.Length != 32) throw new CryptographicException($"A key has 32 bytes, not {key.Length}.");
        _key = key;
        // Derived, so that the same key has the same id wherever it is kept, and the id tells nothing of the key.
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(key, "elearning key id"u8)[..8]);
    }

    public string Id { get; }

    public static SealingKey New() => new(RandomNumberGenerator.GetBytes(32));

    public static string KeyOf(string @sealed) => @sealed.Split('.') is ["1", var id, _]
        ? id
        : throw new CryptographicException("This is not a sealed value.");

    public byte[] ToBytes() => [.. _key];

    /// <param name="about">What the value belongs to. Opening with anything else fails.</param>
    public string Seal(ReadOnlySpan<byte> plain, string about)
    {
        var box = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), About(about));
        return $"1.{Id}.{Base64Url.EncodeToString(box)}";
    }

    public byte[] Open(string @sealed, string about)
    {
        if (KeyOf(@sealed) != Id) throw new CryptographicException($"Sealed by the key {KeyOf(@sealed)}, not by {Id}.");
        var text = @sealed.AsSpan(@sealed.LastIndexOf('.') + 1);
        if (!Base64Url.IsValid(text, out var size) || size < NonceSize + TagSize)
            throw new CryptographicException("This sealed value is damaged.");

        var box = Base64Url.DecodeFromChars(text);
        var plain = new byte[size - NonceSize - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(box.AsSpan(0, NonceSize), box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize), plain, About(about));
        return plain;
    }

    private byte[] About(string about) => Encoding.UTF8.GetBytes($"1.{Id}.{about}");
}
