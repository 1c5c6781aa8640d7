using System.Text.RegularExpressions;
using Xunit;

namespace ELearning.Tests.Data;

/// <summary>What the compiler cannot refuse in the sources.</summary>
public sealed partial class SourceTests
{
    // They make DDL and identifiers of their own, out of names that they have looked at.
    private static readonly string[] Trusted = ["Sql", "Migrator", "Postgres", "Export", "Import", "Search", "Sqlite"];

    [Fact]
    public void Sql_is_made_from_interpolated_literals_only() =>
        Assert.Empty(Sources().Where(source => source.Name != "Sql.cs" && Made().IsMatch(source.Text)).Select(source => source.Name));

    [Fact]
    public void Only_the_kernels_data_layer_trusts_text() =>
        Assert.Empty(Sources()
            .Where(source => source.Text.Contains("Sql.Trusted("))
            .Where(source => !source.Path.Contains("/ELearning.Kernel/Data/") || !Trusted.Any(name => source.Name.StartsWith(name, StringComparison.Ordinal)))
            .Select(source => source.Name));

    [Fact]
    public void Columns_are_listed() =>
        Assert.Empty(Sources().Where(source => Star().IsMatch(source.Text)).Select(source => source.Name));

    [Theory]
    [InlineData("var sql = new Sql(1, 2);")]
    [InlineData("sql.AppendLiteral(text)")]
    public void The_first_rule_sees(string breach) => Assert.Matches(Made(), breach);

    [Theory]
    [InlineData("SELECT * FROM people")]
    [InlineData("select p.* from people p")]
    [InlineData("SELECT DISTINCT *\nFROM people")]
    public void The_last_rule_sees(string breach) => Assert.Matches(Star(), breach);

    private static IEnumerable<(string Path, string Name, string Text)> Sources()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ELearning.sln"))) root = root.Parent!;
        var files = root.GetDirectories("src").Single().GetFiles("*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        return files.Select(file => (file.FullName.Replace('\\', '/'), file.Name, File.ReadAllText(file.FullName)));
    }

    [GeneratedRegex(@"new\s+Sql\s*\(|\.AppendLiteral\s*\(")]
    private static partial Regex Made();

    [GeneratedRegex(@"\bSELECT\s+(DISTINCT\s+)?(\w+\.)?\*", RegexOptions.IgnoreCase)]
    private static partial Regex Star();
}
