using System.Security.Cryptography;
using System.Text.Json;
using ELearning.Data;

namespace ELearning.Recipes;

/// <summary>Somebody who can sign in to a new installation, with a password that was made for this one.</summary>
internal sealed record FirstAccount(string Name, string Mail, string Role, string Password)
{
    public string Site { get; init; } = "";
}

/// <param name="Administrator">Of the platform; gone from here once it has been shown.</param>
internal sealed record KeptAccounts(FirstAccount? Administrator = null, bool DemoBegun = false, bool DemoMade = false)
{
    public IReadOnlyList<FirstAccount> Demo { get; init; } = [];
}

/// <summary>
/// The first passwords, in a file of the data folder that only its owner may read: never in a log, and in no database but
/// as a hash. The administrator's is taken out when it has been printed; a demo's stay for as long as the demo.
/// </summary>
internal sealed class FirstAccounts(KernelOptions options)
{
    // None that is taken for another when it is read from a screen.
    private const string Letters = "abcdefghijkmnpqrstuvwxyz2345678";

    private string File => Path.Combine(options.DataFolder, "first-accounts.json");

    /// <summary>Sixteen letters and digits in fours: 79 bits.</summary>
    public static string NewPassword() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Letters, 4)));

    public KeptAccounts? Read() => System.IO.File.Exists(File) ? JsonSerializer.Deserialize<KeptAccounts>(System.IO.File.ReadAllText(File), Json.Options) : null;

    public void Write(KeptAccounts accounts)
    {
        var next = File + ".new";
        System.IO.File.Delete(next);
        var asOwner = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) asOwner.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(next, asOwner))
        {
            JsonSerializer.Serialize(file, accounts, Json.Options);
            file.Flush(flushToDisk: true);
        }
        System.IO.File.Move(next, File, overwrite: true);
    }

    /// <summary>The administrator's, once: afterwards nobody can be shown it again.</summary>
    public FirstAccount? TakeAdministrator()
    {
        if (Read() is not { Administrator: { } administrator } kept) return null;

        Write(kept with { Administrator = null });
        return administrator;
    }
}
