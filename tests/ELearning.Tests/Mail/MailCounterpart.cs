using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Xunit;

namespace ELearning.Mail;

/// <summary>A mail server that we have not written, in a process of its own, with a certificate that nobody vouches for.</summary>
internal sealed class MailCounterpart : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<JsonElement> _received = new();
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MailCounterpart(Process process, string fingerprint)
    {
        _process = process;
        Fingerprint = fingerprint;
    }

    public int Port => _port.Task.Result; // awaited before anybody has the instance

    public string Fingerprint { get; }

    public const string User = "postbote";
    public const string Password = "grüße: geheim";

    public IReadOnlyCollection<JsonElement> Received => _received;

    /// <param name="answers">What the server answers to a command instead of taking it, one after the other: ("RCPT", 450).</param>
    public static async Task<MailCounterpart> StartAsync(
        bool secure = false, bool asksForName = false, string[]? methods = null, string[]? disabled = null, params (string Command, int Code)[] answers)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var wish = JsonSerializer.Serialize(new
        {
            key = key.ExportPkcs8PrivateKeyPem(),
            cert = certificate.ExportCertificatePem(),
            secure,
            user = asksForName ? User : null,
            password = Password,
            methods,
            disabled,
            answers = answers.GroupBy(answer => answer.Command).ToDictionary(group => group.Key, group => group.Select(answer => answer.Code)),
        });
        var start = new ProcessStartInfo("node", [Path.Combine(Folder(), "mail-server.mjs"), wish]) { RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true };
        var counterpart = new MailCounterpart(Process.Start(start)!, certificate.GetCertHashString(HashAlgorithmName.SHA256));
        _ = counterpart.ListenAsync();
        await counterpart._port.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return counterpart;
    }

    public async Task<JsonElement> NextAsync()
    {
        var start = Stopwatch.GetTimestamp();
        JsonElement letter;
        while (!_received.TryDequeue(out letter))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "No letter came.");
            await Task.Delay(20);
        }
        return letter;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // which it takes for the end
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var said = JsonDocument.Parse(line).RootElement;
            if (said.TryGetProperty("port", out var port)) _port.SetResult(port.GetInt32());
            else _received.Enqueue(said);
        }
        _port.TrySetException(new InvalidOperationException(await _process.StandardError.ReadToEndAsync()));
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
