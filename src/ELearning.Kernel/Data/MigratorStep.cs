using System.Text.RegularExpressions;

namespace ELearning.Data;

/// <summary>One statement of a feature's list. <paramref name="Number"/> counts from 1 and is the version after it.</summary>
internal sealed partial record Step(Schema Schema, int Number)
{
    public Sql Sql => Schema.Migrations[Number - 1];

    public string Text => Sql.ToString().Trim();

    /// <summary>A host that lacks only additions can run on what this leaves behind; one that lacks a drop or a change cannot.</summary>
    public int CompatibleFrom
    {
        get
        {
            if (Schema.CompatibleFrom is { } declared) return Math.Min(declared, Number);
            var number = Number;
            while (number > 0 && Adds().IsMatch(Schema.Migrations[number - 1].ToString())) number--;
            return number;
        }
    }

    /// <summary>The table whose rows or columns it changes; null when it only adds tables, indexes and views.</summary>
    public string? Changes => Touches().Match(Text) is { Success: true } match ? match.Groups[1].Value.ToLowerInvariant() : null;

    /// <summary>The table that it adds.</summary>
    public string? Makes => MakesTable().Match(Text) is { Success: true } match ? match.Groups[1].Value.ToLowerInvariant() : null;

    public bool IsRebuild => Rebuild.Parse(Text) is not null;

    public static string? ViewMadeBy(Sql statement) => MakesView().Match(statement.ToString()) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"^CREATE\s+(?:VIRTUAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex MakesTable();

    [GeneratedRegex(@"^\s*CREATE\s+VIEW\s+(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex MakesView();

    [GeneratedRegex(@"^\s*(?:CREATE\s|INSERT\s|ALTER\s+TABLE\s+\w+\s+ADD\s+COLUMN\s(?!.*NOT\s+NULL(?!.*DEFAULT)))", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Adds();

    [GeneratedRegex(@"^(?:ALTER\s+TABLE|DROP\s+TABLE|REBUILD\s+TABLE|UPDATE|DELETE\s+FROM|INSERT\s+INTO)\s+(?:IF\s+EXISTS\s+)?(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex Touches();
}
