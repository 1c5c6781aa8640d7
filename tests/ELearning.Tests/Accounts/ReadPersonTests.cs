using ELearning.Data;
using Xunit;

namespace ELearning.Accounts;

public sealed class ReadPersonTests
{
    private static readonly Guid Author = Guid.CreateVersion7();

    private readonly List<ImportProblem> _problems = [];

    private readonly ReadPerson _reader = new(
        ImportColumns.Guess(["Vorname", "Nachname", "E-Mail-Adresse", "Rollen", "Sprache", "Zeitzone", "Notiz"]),
        new Dictionary<string, Guid?> { [Fold.Text("Author")] = Author, [Fold.Text("Autorin")] = Author, [Fold.Text("Administrator")] = null });

    [Fact]
    public void Columns_are_known_by_their_headings()
    {
        Assert.Equal(
            [ImportField.FirstName, ImportField.LastName, ImportField.Email, ImportField.Roles, ImportField.Language, ImportField.Zone, ImportField.Nothing],
            ImportColumns.Guess(["Vorname", "NACHNAME:", "E-Mail-Adresse", "Rollen", "Sprache", "Zeitzone", "Notiz"]).Fields);
        Assert.Equal([ImportField.Name, ImportField.Email, ImportField.Nothing], ImportColumns.Guess(["Full name", "E-Mail", "email"]).Fields);
    }

    [Fact]
    public void A_row_becomes_a_person()
    {
        var person = _reader.Read(new(2, ["Jürgen", " Groß ", "J@Example.org", "author; Autorin", "de", "Europe/Berlin", "x"]), _problems)!;

        Assert.Empty(_problems);
        Assert.Equal(("Jürgen Groß", "J@Example.org", "j@example.org", "de", "Europe/Berlin"), (person.Name, person.Email, person.EmailKey, person.Culture, person.Zone));
        Assert.Equal([Author], person.Roles);
        Assert.NotNull(_reader.Read(new(3, ["Ada", "", "ada@example.org"]), _problems));
    }

    [Theory]
    [InlineData("|||||", "Nachname NameMissing -,E-Mail-Adresse AddressMissing -")]
    [InlineData("Ada||ada(at)example.org|||", "E-Mail-Adresse AddressInvalid -")]
    [InlineData("Ada||ada@example.org|Auhtor||", "Rollen RoleUnknown author")]
    [InlineData("Ada||ada@example.org|Administrator||", "Rollen RoleTooHigh -")]
    [InlineData("Ada||ada@example.org||Klingon|Europe/Berlni", "Sprache LanguageUnknown -,Zeitzone ZoneUnknown Europe/Berlin")]
    [InlineData("A\0da||ada@example.org|||", "Nachname TextForbidden -")]
    [InlineData("Ada||ada@example.org||||x|y", " TooManyCells -")]
    public void A_problem_names_its_column_and_what_was_probably_meant(string cells, string expected)
    {
        Assert.Null(_reader.Read(new(2, cells.Split('|')), _problems));

        Assert.Equal(expected.Split(','), _problems.Select(problem => $"{problem.Heading} {problem.Cause} {problem.Hint ?? "-"}"));
        Assert.All(_problems, problem => Assert.DoesNotContain('\0', problem.Value));
    }

    [Fact]
    public void The_second_row_of_an_address_names_the_first()
    {
        Assert.NotNull(_reader.Read(new(2, ["Ada", "", "ada@example.org"]), _problems));
        Assert.Null(_reader.Read(new(9, ["Ada", "", "ADA@example.org"]), _problems));

        Assert.Equal(new ImportProblem(9, "E-Mail-Adresse", ImportCause.AddressTwice, "ADA@example.org", "2"), Assert.Single(_problems));
    }
}
