using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;

namespace ELearning.Mail;

/// <summary>
/// A kind of letter, whose words lie in the module that sends it: <c>Letters/{name}.{language}.hbs</c>, embedded. A
/// static field of the module holds it; what was read and compiled stays with it.
/// </summary>
/// <param name="module">Any type of the assembly that has the words.</param>
/// <param name="hasOneTimeLink">Whoever reads the letter could act for its addressee: nobody else is shown it.</param>
public sealed class LetterKind(Type module, string name, bool hasOneTimeLink = false)
{
    private readonly ConcurrentDictionary<string, LetterTemplate?> _templates = new(StringComparer.Ordinal);

    public string Name => name;

    public bool HasOneTimeLink => hasOneTimeLink;

    /// <summary>In the language asked for, its parent, or English, which every kind has.</summary>
    internal LetterTemplate In(CultureInfo culture)
    {
        for (var language = culture; language.Name != ""; language = language.Parent)
            if (Find(language.Name) is { } template) return template;
        return Find("en") ?? throw new InvalidOperationException(
            $"{module.Assembly.GetName().Name} has no words for the letter \"{name}\": embed Letters/{name}.en.hbs.");
    }

    private LetterTemplate? Find(string language) => _templates.GetOrAdd(language, wanted =>
    {
        var assembly = module.Assembly;
        var resource = assembly.GetManifestResourceNames().FirstOrDefault(found => found.EndsWith($".Letters.{name}.{wanted}.hbs", StringComparison.Ordinal));
        return resource is null ? null : new LetterTemplate(Read(assembly, resource), CultureInfo.GetCultureInfo(wanted));
    });

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!); // named by the assembly itself
        return reader.ReadToEnd();
    }
}

/// <summary>A letter to one address.</summary>
/// <param name="Values">An object with a property for each value that the words name. They are texts, never markup.</param>
public sealed record Letter(LetterKind Kind, Address To, object Values)
{
    /// <summary>Whose letter it is, when the addressee is somebody of this site: it goes when that person is erased.</summary>
    public Guid? Person { get; init; }

    /// <summary>The addressee's language; the site's when null.</summary>
    public string? Culture { get; init; }
}
