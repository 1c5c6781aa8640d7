using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>What a column of a table means.</summary>
public enum ImportField { Nothing, Email, Name, FirstName, LastName, Roles, Language, Zone }

/// <summary>Which column means what.</summary>
internal sealed record ImportColumns(IReadOnlyList<string> Headings, IReadOnlyList<ImportField> Fields)
{
    // As exports of other systems and people write them, folded.
    private static readonly Dictionary<string, ImportField> Known = new (ImportField Field, string Headings)[]
    {
        (ImportField.Email, "email|e mail|mail|email address|e mail address|mail address|e mail adresse|mailadresse|emailadresse"),
        (ImportField.Name, "name|full name|fullname|display name|anzeigename|vollstandiger name"),
        (ImportField.FirstName, "first name|firstname|given name|forename|vorname"),
        (ImportField.LastName, "last name|lastname|surname|family name|nachname|familienname"),
        (ImportField.Roles, "role|roles|rolle|rollen"),
        (ImportField.Language, "language|lang|culture|sprache"),
        (ImportField.Zone, "time zone|timezone|zone|zeitzone"),
    }.SelectMany(known => known.Headings.Split('|').Select(heading => (heading, known.Field))).ToDictionary(known => known.heading, known => known.Field);

    public bool HasEmail => Fields.Contains(ImportField.Email);

    public bool HasName => Fields.Contains(ImportField.Name) || Fields.Contains(ImportField.FirstName) || Fields.Contains(ImportField.LastName);

    public bool HasRoles => Fields.Contains(ImportField.Roles);

    /// <summary>What more than one column means: only one of them could count.</summary>
    public ImportField? Twice => Fields.Where(meant => meant != ImportField.Nothing).GroupBy(meant => meant).FirstOrDefault(group => group.Count() > 1)?.Key;

    /// <summary>By their headings; each meaning is guessed once.</summary>
    public static ImportColumns Guess(IReadOnlyList<string> headings)
    {
        var taken = new HashSet<ImportField>();
        return new(headings, [.. headings.Select(heading => Known.TryGetValue(Plain(heading), out var field) && taken.Add(field) ? field : ImportField.Nothing)]);
    }

    public int IndexOf(ImportField field)
    {
        for (var i = 0; i < Fields.Count; i++)
            if (Fields[i] == field) return i;
        return -1;
    }

    private static string Plain(string heading) => string.Join(' ', Fold.Text(heading).Split([' ', '-', '_', '.', ':', '*'], StringSplitOptions.RemoveEmptyEntries));
}
