using System.Text;
using Xunit;

namespace ELearning.Accounts;

public sealed class CsvTests
{
    [Fact]
    public void Cells_in_quotes_may_hold_separators_quotes_and_line_breaks()
    {
        var rows = Read("name,note\r\n\"Byron, Ada\",\"first\nsecond \"\"quoted\"\"\"\r\nBob,\n", ',');

        Assert.Equal([["name", "note"], ["Byron, Ada", "first\nsecond \"quoted\""], ["Bob", ""]], rows.Select(row => row.Cells));
        Assert.Equal([1, 2, 3], rows.Select(row => row.Number));
    }

    [Theory]
    [InlineData("a,b\rc,d")]
    [InlineData("a,b\nc,d\n")]
    [InlineData("a,b\r\nc,d\r\n")]
    public void A_line_may_end_as_any_system_ends_it(string text) => Assert.Equal([["a", "b"], ["c", "d"]], Read(text, ',').Select(row => row.Cells));

    [Fact]
    public void A_quote_that_is_never_closed_breaks_its_row_only_up_to_the_limit()
    {
        var rows = Read("name,email\nAda,ada@example.org\n\"Bob,bob@example.org\nCyd,cyd@example.org\n", ',');
        Assert.Equal([false, false, true], rows.Select(row => row.IsBroken));

        var long_ = Read($"name,email\n\"{new string('x', 40_000)}\nCyd,cyd@example.org\n", ',');
        Assert.Equal([false, true, false], long_.Select(row => row.IsBroken));
    }

    [Theory]
    [InlineData("utf-8", "name;email\nJürgen Groß;j@example.org\n", "utf-8", ';')]
    [InlineData("windows-1252", "name;email\nJürgen Groß €;j@example.org\n", "windows-1252", ';')]
    [InlineData("utf-8", "\uFEFFname,email\nJürgen,j@example.org\n", "utf-8", ',')]
    [InlineData("utf-16", "\uFEFFname\temail\nJürgen\tj@example.org\n", "utf-16", '\t')]
    [InlineData("utf-8", "\"name; or so\",email\nAda,ada@example.org\n", "utf-8", ',')]
    [InlineData("utf-8", "name\n", "utf-8", ',')]
    public async Task How_it_was_written_is_seen(string written, string text, string encoding, char separator)
    {
        using var stream = new MemoryStream(CsvText.EncodingOf(written).GetBytes(text));

        Assert.Equal(new CsvForm(encoding, separator), await CsvText.DetectAsync(stream, default));

        stream.Position = 0;
        using var rows = new CsvRows(new StreamReader(stream, CsvText.EncodingOf(encoding)), separator);
        Assert.StartsWith("name", rows.Read()!.Cells[0], StringComparison.Ordinal);
        if (rows.Read() is { } row && text.Contains("Jürgen", StringComparison.Ordinal)) Assert.StartsWith("Jürgen", row.Cells[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_letter_that_two_reads_part_is_still_a_letter()
    {
        var text = "name;email\n" + new string('ü', 100_000) + "\n";
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("x" + text));

        Assert.Equal("utf-8", (await CsvText.DetectAsync(stream, default)).Encoding);
    }

    private static List<CsvRow> Read(string text, char separator)
    {
        using var rows = new CsvRows(new StringReader(text), separator);
        var all = new List<CsvRow>();
        while (rows.Read() is { } row) all.Add(row);
        return all;
    }
}
