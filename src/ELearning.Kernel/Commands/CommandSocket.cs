using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace ELearning.Commands;

/// <summary>Where a running host takes commands: a socket in its data folder that only its own user may open.</summary>
internal static class CommandSocket
{
    // Of sockaddr_un, less the closing zero.
    private const int LongestPath = 107;

    public static string PathFor(string dataFolder)
    {
        var full = Path.GetFullPath(dataFolder);
        var inside = Path.Combine(full, "run.sock");
        return Encoding.UTF8.GetByteCount(inside) <= LongestPath
            ? inside
            : Path.Combine(Path.GetTempPath(), $"elearning-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..32]}.sock");
    }

    public static Socket Listen(string path)
    {
        // What a killed host left behind; a living one was asked before.
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        // Nobody can connect between the two: it does not listen yet.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen();
        return socket;
    }

    /// <returns>Null when no host listens there.</returns>
    public static async Task<Socket?> ConnectAsync(string path, CancellationToken ct)
    {
        if (!File.Exists(path)) return null;

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            if (IsOurs(socket)) return socket;

            socket.Dispose();
            throw new CommandException($"The socket {path} belongs to another user.");
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            socket.Dispose();
            return null;
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new CommandException($"The host on {path} cannot be asked: {refused.Message}.");
        }
    }

    /// <summary>The other end runs as the same user, or as root. In the temporary folder anybody could have made a socket of that name.</summary>
    public static bool IsOurs(Socket socket)
    {
        if (!OperatingSystem.IsLinux()) return true;

        const int solSocket = 1, soPeerCred = 17;
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(solSocket, soPeerCred, credentials);
        var peer = BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
        return peer == 0 || peer == Self.Value;
    }

    private static readonly Lazy<uint> Self = new(() =>
        uint.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2], System.Globalization.CultureInfo.InvariantCulture));
}
