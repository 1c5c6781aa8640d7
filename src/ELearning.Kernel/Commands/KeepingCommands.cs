using ELearning.Keeping;

namespace ELearning.Commands;

/// <summary>A tenant as one file. A passphrase is read from a file, since everybody on the machine can see a command line.</summary>
internal static class KeepingCommands
{
    public static readonly Command[] All =
    [
        new("backup", "TENANT FILE [--passphrase FILE]", "Writes a tenant to a file that can be restored; with a passphrase its keys too.", BackupAsync),
        new("restore", "TENANT FILE [--passphrase FILE]", "Puts a tenant back to a backup; what came after is gone.", RestoreAsync),
        new("export", "TENANT FILE [--passphrase FILE]", "Writes a tenant to a file that another installation or engine can import.", ExportAsync),
        new("import", "FILE [--name NAME] [--host HOST]... [--prefix PREFIX] [--passphrase FILE]", "Makes a tenant of an export or a backup.", ImportAsync),
        new("features remove", "TENANT FEATURE FILE [--passphrase FILE]", "Deletes the data of a feature that is off, after exporting them to the file.", RemoveAsync),
    ];

    private static Task BackupAsync(CommandContext context, CancellationToken ct) => WriteAsync(context, ArchiveKind.Backup, ct);

    private static Task ExportAsync(CommandContext context, CancellationToken ct) => WriteAsync(context, ArchiveKind.Export, ct);

    private static async Task WriteAsync(CommandContext context, ArchiveKind kind, CancellationToken ct)
    {
        var tenant = await context.TenantAsync("TENANT", ct);
        var passphrase = await PassphraseAsync(context, ct);
        context.Print(await ToFileAsync(context.File("FILE"),
            file => context.Get<ExportTenant>().RunAsync(tenant, file, kind, passphrase, null, ct)));
    }

    private static async Task RestoreAsync(CommandContext context, CancellationToken ct)
    {
        await using var file = Open(context);
        Tell(context, await context.Get<RestoreTenant>().RunAsync(context["TENANT"], file, await PassphraseAsync(context, ct), ct));
    }

    private static async Task ImportAsync(CommandContext context, CancellationToken ct)
    {
        await using var file = Open(context);
        var wish = new ImportAs(context.Find("--name"), context.Has("--host") ? context.All("--host") : null, context.Find("--prefix"));
        Tell(context, await context.Get<ImportTenant>().RunAsync(file, wish, await PassphraseAsync(context, ct), ct));
    }

    private static async Task RemoveAsync(CommandContext context, CancellationToken ct)
    {
        var passphrase = await PassphraseAsync(context, ct);
        context.Print(await ToFileAsync(context.File("FILE"), async file =>
        {
            var removed = await context.Get<RemoveFeatureData>().RunAsync(context["TENANT"], context["FEATURE"], file, passphrase, ct);
            return removed.Refusal is { } refusal ? throw new CommandException(refusal) : removed.Exported!;
        }));
    }

    private static void Tell(CommandContext context, Imported imported) =>
        context.Print(new ImportLine(imported.Tenant.Name, imported.Rows, imported.Hash, imported.WithSecrets));

    /// <summary>Never over a file that is there; nothing is left of one that fails; nobody else may read it.</summary>
    private static async Task<T> ToFileAsync<T>(string path, Func<FileStream, Task<T>> write)
    {
        if (File.Exists(path)) throw new CommandException($"{path} is there already; choose another name.");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            await using var file = new FileStream(path, options);
            var written = await write(file);
            file.Flush(flushToDisk: true);
            return written;
        }
        catch (DirectoryNotFoundException)
        {
            throw new CommandException($"There is no folder {Path.GetDirectoryName(path)}.");
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static FileStream Open(CommandContext context)
    {
        var path = context.File("FILE");
        return File.Exists(path) ? File.OpenRead(path) : throw new CommandException($"There is no file {path}.");
    }

    private static async Task<string?> PassphraseAsync(CommandContext context, CancellationToken ct)
    {
        if (!context.Has("--passphrase")) return null;

        var path = context.File("--passphrase");
        if (!File.Exists(path)) throw new CommandException($"There is no file {path}.");
        var text = (await File.ReadAllTextAsync(path, ct)).TrimEnd('\r', '\n');
        return text.Length >= 12 ? text : throw new CommandException("The passphrase is too short: twelve characters at least.");
    }

    private sealed record ImportLine(string Tenant, long Rows, string Hash, bool WithSecrets);
}
