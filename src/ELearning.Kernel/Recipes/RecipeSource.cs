using System.Text;

namespace ELearning.Recipes;

/// <summary>A recipe's text and the folder that its files lie in; none when it came over the wire.</summary>
internal sealed record RecipeSource(string Name, byte[] Text, string? Folder)
{
    private const int MaximumLength = 8 << 20;

    public static RecipeSource Of(string name, string text) => new(name, Encoding.UTF8.GetBytes(text), null);

    /// <summary>A text file inside the recipe's folder. A recipe may come from anybody, so it names no other place.</summary>
    public string ReadFile(string path)
    {
        if (Folder is null) throw new RecipeException($"A recipe without a folder has no files: \"{path}\" cannot be read. Write the text itself.");

        var segments = path.Split('/');
        if (Path.IsPathRooted(path) || path.Contains('\\') || path.Any(char.IsControl) || segments.Any(s => s.Trim() is "" or "." or ".."))
            throw new RecipeException($"\"{path}\" is no path inside the recipe's folder. Write it relative to the recipe, with / and without . and ..");

        FileSystemInfo at = new DirectoryInfo(Folder);
        foreach (var (segment, isLast) in segments.Select((s, i) => (s, i == segments.Length - 1)))
        {
            var next = Path.Combine(at.FullName, segment);
            at = isLast ? new FileInfo(next) : new DirectoryInfo(next);
            if (at.LinkTarget is not null) throw new RecipeException($"\"{path}\" leads through a link, which could point anywhere. Put the file itself into the recipe's folder.");
            if (!at.Exists) throw new RecipeException($"There is no file \"{path}\" in the recipe's folder.");
        }

        if (((FileInfo)at).Length > MaximumLength) throw new RecipeException($"\"{path}\" is larger than 8 MB.");
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(at.FullName)) is var text && text.Contains('\0')
                ? throw new RecipeException($"\"{path}\" is no text: it has a zero character.")
                : text.TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new RecipeException($"\"{path}\" is not UTF-8. Save the file in that encoding.");
        }
    }
}
