using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;

namespace ELearning.Mail;

/// <summary>The server answered with something else than was hoped for.</summary>
internal sealed class SmtpRefusedException(int code, string text) : Exception($"{code.ToString(CultureInfo.InvariantCulture)} {text}")
{
    /// <summary>5xx: the same again would be answered the same (RFC 5321, 4.2.1).</summary>
    public bool IsFinal => code >= 500;
}

/// <summary>
/// The client's side of RFC 5321 with STARTTLS (3207) and AUTH PLAIN and LOGIN (4954). The framework's SmtpClient knows no
/// TLS from the first byte, no AUTH PLAIN and no time limits of its asynchronous calls.
/// </summary>
internal sealed class SmtpConversation : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private const int LongestLine = 2048;
    private const int MostLines = 100;

    private readonly TcpClient _tcp = new();
    private Stream _stream = Stream.Null;
    private readonly byte[] _buffer = new byte[4096];
    private int _read, _filled;
    private string[] _offers = [];

    private SmtpConversation() { }

    public static async Task<SmtpConversation> OpenAsync(MailSettings settings, CancellationToken ct)
    {
        var smtp = new SmtpConversation();
        try
        {
            await Within(stop => smtp._tcp.ConnectAsync(settings.Host, settings.Port, stop).AsTask(), ct);
            smtp._stream = smtp._tcp.GetStream();
            if (settings.Protection == MailProtection.Tls) await smtp.ProtectAsync(settings, ct);
            await smtp.ExpectAsync(220, ct);
            await smtp.GreetAsync(ct);
            if (settings.Protection == MailProtection.StartTls)
            {
                if (!smtp._offers.Contains("STARTTLS")) throw new AuthenticationException("The server does not offer STARTTLS.");
                await smtp.SayAsync("STARTTLS", 220, ct);
                // What was sent in the clear after this answer would be taken for something said under TLS.
                if (smtp._read != smtp._filled) throw new AuthenticationException("The server, or somebody in between, went on in the clear after STARTTLS.");
                await smtp.ProtectAsync(settings, ct);
                await smtp.GreetAsync(ct);
            }
            if (settings.UserName != "") await smtp.SignInAsync(settings, ct);
            return smtp;
        }
        catch
        {
            await smtp.DisposeAsync();
            throw;
        }
    }

    /// <returns>Null when the server has taken the message; otherwise its refusal, after which others may follow.</returns>
    public async Task<(string Text, bool IsFinal)?> SendAsync(Address from, Address to, byte[] message, CancellationToken ct)
    {
        try
        {
            await SayAsync($"MAIL FROM:<{from.Wire}>", 250, ct);
            await SayAsync($"RCPT TO:<{to.Wire}>", 250, ct);
            await SayAsync("DATA", 354, ct);
        }
        catch (SmtpRefusedException refused)
        {
            await SayAsync("RSET", 250, ct);
            return (refused.Message, refused.IsFinal);
        }

        await Within(async stop =>
        {
            await _stream.WriteAsync(Dotted(message), stop);
            await _stream.FlushAsync(stop);
        }, ct);
        try
        {
            await ExpectAsync(250, ct);
            return null;
        }
        catch (SmtpRefusedException refused)
        {
            return (refused.Message, refused.IsFinal);
        }
    }

    /// <summary>Says in a sentence what went wrong with the connection; null for what is no failure of it.</summary>
    public static string? Explain(Exception e, MailSettings settings, CancellationToken ct) => e switch
    {
        _ when ct.IsCancellationRequested => null,
        SmtpRefusedException refused => $"{settings.Host} answered: {refused.Message}",
        AuthenticationException tls => $"The connection to {settings.Host} could not be protected: {tls.Message}",
        SocketException or OperationCanceledException or IOException => $"{settings.Host}, port {settings.Port.ToString(CultureInfo.InvariantCulture)}, could not be reached or stopped answering.",
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_stream != Stream.Null) await Within(stop => _stream.WriteAsync("QUIT\r\n"u8.ToArray(), stop).AsTask(), CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // A farewell: the server may have left before.
        }
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private async Task GreetAsync(CancellationToken ct)
    {
        var lines = await SayAsync($"EHLO {Self()}", 250, ct);
        _offers = [.. lines.Skip(1).Select(line => line.ToUpperInvariant())];
    }

    // Our own name is nobody's business and rarely true; an address literal is allowed (RFC 5321, 4.1.3).
    private string Self() => _tcp.Client.LocalEndPoint is System.Net.IPEndPoint { AddressFamily: AddressFamily.InterNetwork } own ? $"[{own.Address}]" : "[127.0.0.1]";

    private async Task SignInAsync(MailSettings settings, CancellationToken ct)
    {
        var ways = _offers.FirstOrDefault(offer => offer.StartsWith("AUTH ", StringComparison.Ordinal))?.Split(' ') ?? [];
        if (ways.Contains("PLAIN")) await SayAsync($"AUTH PLAIN {Base64($"\0{settings.UserName}\0{settings.Password}")}", 235, ct);
        else if (ways.Contains("LOGIN"))
        {
            await SayAsync("AUTH LOGIN", 334, ct);
            await SayAsync(Base64(settings.UserName), 334, ct);
            await SayAsync(Base64(settings.Password), 235, ct);
        }
        else throw new AuthenticationException("It takes no name and password (AUTH PLAIN or LOGIN) over this connection.");
    }

    private Task ProtectAsync(MailSettings settings, CancellationToken ct) => Within(async stop =>
    {
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsClientAsync(new()
        {
            TargetHost = settings.Host,
            EnabledSslProtocols = SslProtocols.None, // as the system has it: TLS 1.2 and later
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => errors == SslPolicyErrors.None
                || certificate is not null && settings.Fingerprint != ""
                    && certificate.GetCertHashString(HashAlgorithmName.SHA256).Equals(settings.Fingerprint.Replace(":", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase),
        }, stop);
        _stream = tls;
    }, ct);

    private async Task<List<string>> SayAsync(string line, int expected, CancellationToken ct)
    {
        // Addresses are parsed and everything else is ours; should that ever fail, it must not become a command.
        if (line.AsSpan().IndexOfAny('\r', '\n') >= 0) throw new InvalidOperationException("A command to a mail server has one line.");
        await Within(stop => _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), stop).AsTask(), ct);
        return await ExpectAsync(expected, ct);
    }

    private async Task<List<string>> ExpectAsync(int expected, CancellationToken ct)
    {
        var lines = new List<string>();
        string line;
        do
        {
            line = await ReadLineAsync(ct);
            if (line.Length < 3 || !line.AsSpan(0, 3).ContainsOnlyDigits() || lines.Count == MostLines) throw new IOException("This is no mail server.");
            lines.Add(line.Length > 4 ? line[4..] : "");
        }
        while (line.Length > 3 && line[3] == '-');

        var code = int.Parse(line.AsSpan(0, 3), CultureInfo.InvariantCulture);
        return code == expected || expected == 250 && code == 251 ? lines : throw new SmtpRefusedException(code, string.Join(' ', lines));
    }

    private async Task<string> ReadLineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_read == _filled)
            {
                _filled = await Within(stop => _stream.ReadAsync(_buffer, stop).AsTask(), ct);
                _read = 0;
                if (_filled == 0) throw new IOException("The server has hung up.");
            }
            var letter = (char)_buffer[_read++];
            if (letter == '\n') return line.ToString().TrimEnd('\r');
            if (line.Length == LongestLine) throw new IOException("This is no mail server.");
            line.Append(char.IsBetween(letter, ' ', '~') || letter == '\r' ? letter : '?');
        }
    }

    // A line of a dot alone ends the message, so a line that begins with one gets another (RFC 5321, 4.5.2).
    private static byte[] Dotted(byte[] message)
    {
        var text = Encoding.ASCII.GetString(message);
        if (text.StartsWith('.')) text = "." + text;
        return Encoding.ASCII.GetBytes(text.Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".\r\n");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task Within(Func<CancellationToken, Task> work, CancellationToken ct) => await Within(async stop =>
    {
        await work(stop);
        return true;
    }, ct);

    private static async Task<T> Within<T>(Func<CancellationToken, Task<T>> work, CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(Patience);
        return await work(limited.Token);
    }
}

internal static class Digits
{
    public static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}
