using System.Security.Cryptography;
using ELearning.Data;

namespace ELearning.Security;

/// <summary>
/// The key that wraps every tenant's key and the sign-in key ring: from <c>ELEARNING_KEY</c>, else from a file in the data
/// folder, made at the first start. Several keys stand there only while a rotation is under way, the current one first.
/// </summary>
public sealed class InstallationKey
{
    public const string Variable = "ELEARNING_KEY";
    private const string Heading = "# The installation's key. Without it the secrets in the database are lost: keep a copy apart from the backups.";

    private readonly string? _file;
    private readonly Lock _gate = new();
    // Keys once read stay known, so that a value read just before another host ended a rotation still opens.
    private readonly Dictionary<string, SealingKey> _known = [];
    private SealingKey[] _keys = [];

    private InstallationKey(string? file) => _file = file;

    /// <param name="fromEnvironment">The value of <see cref="Variable"/>: base64 of 32 bytes; "new,old" to rotate.</param>
    public static InstallationKey Load(string dataFolder, string? fromEnvironment)
    {
        if (!string.IsNullOrWhiteSpace(fromEnvironment))
        {
            var given = new InstallationKey(null);
            given.Know(fromEnvironment.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), Variable);
            return given;
        }

        var kept = new InstallationKey(Path.Combine(dataFolder, "installation.key"));
        if (!File.Exists(kept._file)) kept.Write([SealingKey.New()], overwrite: false);
        kept.Read();
        return kept;
    }

    /// <summary>Whether this class may change the keys. Those of the environment are its owner's to change.</summary>
    public bool IsFile => _file is not null;

    internal SealingKey Current
    {
        get
        {
            // Another host may have rotated: never wrap with a key that is about to go. Wrapping is rare.
            Read();
            return _keys[0];
        }
    }

    internal bool IsRotating => _keys.Length > 1;

    internal string Seal(ReadOnlySpan<byte> plain, string about) => Current.Seal(plain, about);

    internal byte[] Open(string @sealed, string about) => Find(SealingKey.KeyOf(@sealed)).Open(@sealed, about);

    internal void AddNew()
    {
        Read();
        Write([SealingKey.New(), .. _keys], overwrite: true);
        Read();
    }

    internal void DropOld()
    {
        if (!IsFile) return;
        Read();
        Write([_keys[0]], overwrite: true);
        Read();
    }

    private SealingKey Find(string id)
    {
        lock (_gate)
            if (_known.TryGetValue(id, out var known)) return known;

        Read();
        lock (_gate)
            return _known.GetValueOrDefault(id) ?? throw new CryptographicException(
                $"A secret was sealed with the installation key {id}, and the key at hand is {_keys[0].Id}. "
                + $"Put the right key back ({_file ?? Variable}); a new one cannot open what is stored.");
    }

    private void Read()
    {
        if (_file is null) return;
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(_file) != Owner) File.SetUnixFileMode(_file, Owner);
        Know(File.ReadLines(_file).Select(line => line.Trim()).Where(line => line is not ("" or ['#', ..])), _file);
    }

    private void Know(IEnumerable<string> lines, string source)
    {
        SealingKey[] keys;
        try
        {
            keys = [.. lines.Select(line => new SealingKey(Convert.FromBase64String(line)))];
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new CryptographicException($"{source} holds no usable key: 32 bytes in base64 are expected, as `openssl rand -base64 32` prints.", e);
        }
        if (keys.Length == 0) throw new CryptographicException($"{source} holds no key.");

        lock (_gate)
        {
            foreach (var key in keys) _known[key.Id] = key;
            _keys = keys;
        }
    }

    private void Write(SealingKey[] keys, bool overwrite)
    {
        var temporary = $"{_file}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Owner;
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(
                string.Join('\n', [Heading, .. keys.Select(key => Convert.ToBase64String(key.ToBytes())), ""])));
            stream.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(temporary, _file!, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(_file))
        {
            // Another host was first: its key is the installation's.
            File.Delete(temporary);
        }
        Durable.FlushFolder(Path.GetDirectoryName(_file)!);
    }

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
}
