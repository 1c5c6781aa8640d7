using System.Globalization;
using System.Text.RegularExpressions;

namespace ELearning.Data;

/// <summary>
/// What databases were before their tables changed: <c>copies/school_1-20260131T235959123Z-Courses-7.db</c>, a whole
/// file, which any SQLite opens. The time in the name counts, not the file's: that changes when a folder is moved.
/// </summary>
internal sealed partial class SqliteCopies(string folder)
{
    private const string Instant = "yyyyMMdd'T'HHmmssfff'Z'";

    private sealed record Copy(string Path, string Of, DateTimeOffset At, string Step);

    public async Task MakeAsync(string file, string step, DateTimeOffset at, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        var earlier = All().Where(copy => copy.Of == Name(file) && copy.Step == step).ToList();
        var made = Path.Combine(folder, $"{Name(file)}-{at.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture)}-{step}.db");
        await SqliteEngine.BackupFileAsync(file, made, ct);
        foreach (var copy in earlier.Where(copy => copy.Path != made)) File.Delete(copy.Path);
    }

    public void Sweep(DateTimeOffset before)
    {
        foreach (var copy in All().Where(copy => copy.At < before)) File.Delete(copy.Path);
    }

    public void Drop(string file)
    {
        foreach (var copy in All().Where(copy => copy.Of == Name(file))) File.Delete(copy.Path);
    }

    private List<Copy> All() => !Directory.Exists(folder) ? [] :
    [
        .. from path in Directory.EnumerateFiles(folder)
           let parts = Parts().Match(Path.GetFileName(path))
           where parts.Success
           select new Copy(path, parts.Groups["of"].Value,
               DateTimeOffset.ParseExact(parts.Groups["at"].Value, Instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), parts.Groups["step"].Value),
    ];

    private static string Name(string file) => Path.GetFileNameWithoutExtension(file);

    // A host that died while copying leaves a part, which goes with the rest.
    [GeneratedRegex(@"^(?<of>.+?)-(?<at>\d{8}T\d{9}Z)-(?<step>.+)\.db(\.part)?$")]
    private static partial Regex Parts();
}
