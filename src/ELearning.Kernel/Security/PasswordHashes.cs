using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ELearning.Security;

/// <summary>A password as it is kept. Only <see cref="PasswordHashes"/> makes one, since it takes a processor a tenth of a second: never in a transaction.</summary>
public readonly record struct PasswordHash
{
    internal PasswordHash(string text) => Text = text;

    public string Text { get; }
}

public enum PasswordMatch { No, Yes, YesButWeak }

/// <summary>
/// Hashes and checks passwords for all tenants of this host. One gate for the process, or a crowd at the sign-in page
/// would take the processors from everybody who is signed in already.
/// </summary>
public sealed class PasswordHashes : IDisposable
{
    /// <summary>Of PBKDF2 with HMAC-SHA512, as OWASP advises.</summary>
    public const int Rounds = 210_000;

    private readonly PasswordHasher<PasswordHashes> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));

    // Two at most, and one processor stays free for pages.
    private readonly SemaphoreSlim _gate = new(Math.Clamp(Environment.ProcessorCount - 1, 1, 2));

    private readonly string _nobodys = Nobodys();

    public async Task<PasswordHash> HashAsync(string password, CancellationToken ct) => new(await RunAsync(() => _hasher.HashPassword(this, Normal(password)), ct));

    /// <param name="hash">Null for somebody who is not there or has no password: takes as long, and is never a match.</param>
    public async Task<PasswordMatch> CheckAsync(string? hash, string password, CancellationToken ct)
    {
        var found = await RunAsync(() => _hasher.VerifyHashedPassword(this, hash ?? _nobodys, Normal(password)), ct);
        return hash is null ? PasswordMatch.No : found switch
        {
            PasswordVerificationResult.Success => PasswordMatch.Yes,
            PasswordVerificationResult.SuccessRehashNeeded => PasswordMatch.YesButWeak,
            _ => PasswordMatch.No,
        };
    }

    public void Dispose() => _gate.Dispose();

    // Not on the pool's threads: two that are busy for so long would keep quick requests waiting for a third.
    private async Task<T> RunAsync<T>(Func<T> work, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            return await Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _gate.Release();
        }
    }

    // The same password typed on another keyboard may arrive as other code points (SP 800-63B, 3.1.1.2).
    private static string Normal(string password) => password.Normalize(NormalizationForm.FormKC);

    // What no password matches, in Identity's format: version, function, rounds, length of the salt, salt, key.
    private static string Nobodys()
    {
        var bytes = RandomNumberGenerator.GetBytes(1 + 12 + 16 + 32);
        bytes[0] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), 2);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(5), Rounds);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(9), 16);
        return Convert.ToBase64String(bytes);
    }
}
