using System.Globalization;
using ELearning.Data;
using ELearning.Mail;
using ELearning.Recipes;

namespace ELearning.Accounts;

/// <summary>Why a row is not imported.</summary>
public enum ImportCause { RowBroken, TooManyCells, NameMissing, NameTooLong, TextForbidden, AddressMissing, AddressInvalid, AddressTwice, RoleUnknown, RoleTooHigh, LanguageUnknown, ZoneUnknown }

/// <param name="Line">The row, as a spreadsheet counts.</param>
/// <param name="Heading">Of its column, as the file has it; empty when it is about the whole row.</param>
/// <param name="Value">What stands there, shortened.</param>
/// <param name="Hint">What probably was meant, or the row that is meant.</param>
internal sealed record ImportProblem(int Line, string Heading, ImportCause Cause, string Value, string? Hint);

/// <summary>Somebody whom a row describes.</summary>
internal sealed record ImportedPerson(int Row, string Name, string Email, string EmailKey, IReadOnlyList<Guid> Roles, string? Culture, string? Zone);

/// <summary>Reads a person out of a row, or says all that is the matter with it. Pure: it knows what the site knows, and asks nobody.</summary>
/// <param name="roles">By their names, folded. Null: there is such a role, and whoever imports may not give it.</param>
internal sealed class ReadPerson(ImportColumns columns, IReadOnlyDictionary<string, Guid?> roles)
{
    public const int LongestName = 100;
    private const int LongestValue = 80;

    private static readonly HashSet<string> Cultures = CultureInfo.GetCultures(CultureTypes.AllCultures).Select(culture => culture.Name).Where(name => name != "").ToHashSet(StringComparer.OrdinalIgnoreCase);

    // In which row each address stands first. Its hash is enough to know it again, and small.
    private readonly Dictionary<UInt128, int> _seen = [];

    /// <returns>Null with at least one problem.</returns>
    public ImportedPerson? Read(CsvRow row, List<ImportProblem> problems)
    {
        var before = problems.Count;
        if (row.IsBroken)
        {
            problems.Add(new(row.Number, "", ImportCause.RowBroken, Short(row.Cells[0]), null));
            return null;
        }
        if (row.Cells.Length > columns.Headings.Count && row.Cells.Skip(columns.Headings.Count).Any(cell => cell != ""))
            problems.Add(new(row.Number, "", ImportCause.TooManyCells, Short(row.Cells[columns.Headings.Count]), null));

        var name = Name(row, problems);
        var email = Email(row, problems);
        var given = Roles(row, problems);
        var culture = Language(row, problems);
        var zone = Zone(row, problems);
        return problems.Count > before ? null : new(row.Number, name, email!, Fold.Key(email!), given, culture, zone);
    }

    private string Name(CsvRow row, List<ImportProblem> problems)
    {
        var field = columns.Fields.Contains(ImportField.Name) && Cell(row, ImportField.Name) != "" ? ImportField.Name
            : columns.Fields.Contains(ImportField.LastName) ? ImportField.LastName : columns.Fields.Contains(ImportField.FirstName) ? ImportField.FirstName : ImportField.Name;
        var name = field == ImportField.Name ? Cell(row, ImportField.Name) : $"{Cell(row, ImportField.FirstName)} {Cell(row, ImportField.LastName)}";
        name = string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (name == "") Add(row, field, ImportCause.NameMissing, "", problems);
        else if (name.Length > LongestName) Add(row, field, ImportCause.NameTooLong, name, problems);
        else if (name.Any(char.IsControl) || name.Contains('\uFFFD')) Add(row, field, ImportCause.TextForbidden, name, problems);
        return name;
    }

    private string? Email(CsvRow row, List<ImportProblem> problems)
    {
        var text = Cell(row, ImportField.Email);
        if (text == "") Add(row, ImportField.Email, ImportCause.AddressMissing, "", problems);
        else if (!Address.TryParse(text, out var address)) Add(row, ImportField.Email, ImportCause.AddressInvalid, text, problems);
        else if (!_seen.TryAdd(HashOf(Fold.Key(address.Text)), row.Number) && _seen[HashOf(Fold.Key(address.Text))] is var first)
            Add(row, ImportField.Email, ImportCause.AddressTwice, text, problems, first.ToString(CultureInfo.InvariantCulture));
        else return address.Text;
        return null;
    }

    private List<Guid> Roles(CsvRow row, List<ImportProblem> problems)
    {
        var given = new List<Guid>();
        foreach (var name in Cell(row, ImportField.Roles).Split([',', ';', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!roles.TryGetValue(Fold.Text(name), out var role)) Add(row, ImportField.Roles, ImportCause.RoleUnknown, name, problems, Nearest.Of(name, roles.Keys));
            else if (role is not { } id) Add(row, ImportField.Roles, ImportCause.RoleTooHigh, name, problems);
            else if (!given.Contains(id)) given.Add(id);
        }
        return given;
    }

    private string? Language(CsvRow row, List<ImportProblem> problems)
    {
        var text = Cell(row, ImportField.Language);
        if (text == "") return null;
        if (Cultures.TryGetValue(text, out var culture)) return culture;
        Add(row, ImportField.Language, ImportCause.LanguageUnknown, text, problems);
        return null;
    }

    private string? Zone(CsvRow row, List<ImportProblem> problems)
    {
        var text = Cell(row, ImportField.Zone);
        if (text == "" || text.Length < 60 && TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone) && zone.HasIanaId) return text == "" ? null : text;
        Add(row, ImportField.Zone, ImportCause.ZoneUnknown, text, problems, Nearest.Of(text, TimeZoneInfo.GetSystemTimeZones().Select(known => known.Id)));
        return null;
    }

    private string Cell(CsvRow row, ImportField field) => columns.IndexOf(field) is >= 0 and var at && at < row.Cells.Length ? row.Cells[at] : "";

    private void Add(CsvRow row, ImportField field, ImportCause cause, string value, List<ImportProblem> problems, string? hint = null) =>
        problems.Add(new(row.Number, columns.IndexOf(field) is >= 0 and var at ? columns.Headings[at] : "", cause, Short(value), hint));

    // What a database refuses must not reach it by way of the report.
    private static string Short(string value)
    {
        var text = value.Length <= LongestValue ? value : value[..LongestValue] + "…";
        return string.Concat(text.EnumerateRunes().Where(rune => rune.Value >= ' ').Select(rune => rune.ToString()));
    }

    private static UInt128 HashOf(string key)
    {
        Span<byte> hash = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key), hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
