using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>Problems and choices of an import in words.</summary>
internal sealed class ImportWords(IStringLocalizer<AccountsFeature> T)
{
    public string Cause(ImportProblem problem) => problem.Cause switch
    {
        ImportCause.RowBroken => T["A quote is opened and never closed, or the row is far too long."],
        ImportCause.TooManyCells => T["The row has more cells than the heading."],
        ImportCause.NameMissing => T["There is no name."],
        ImportCause.NameTooLong => T["The name is too long."],
        ImportCause.TextForbidden => T["The name has characters that cannot be read."],
        ImportCause.AddressMissing => T["There is no mail address."],
        ImportCause.AddressInvalid => T["This is no mail address."],
        ImportCause.AddressTwice => T["The same address stands in row {0}.", problem.Hint ?? ""],
        ImportCause.RoleUnknown => T["There is no role of this name."],
        ImportCause.RoleTooHigh => T["This role allows more than you may do yourself."],
        ImportCause.LanguageUnknown => T["This is no language."],
        _ => T["This is no time zone."],
    };

    public string Advice(ImportProblem problem) => problem.Cause switch
    {
        ImportCause.RowBroken => T["Close the quote, or write a quote inside a cell twice."],
        ImportCause.TooManyCells => T["Put cells that hold the separator into quotes."],
        ImportCause.NameMissing => T["Write a first and a last name, or a full name."],
        ImportCause.NameTooLong => T["Shorten it to at most {0} characters.", ReadPerson.LongestName],
        ImportCause.TextForbidden => T["Write it anew, or save the file as UTF-8."],
        ImportCause.AddressMissing or ImportCause.AddressInvalid => T["Write one address, such as ada@example.org."],
        ImportCause.AddressTwice => T["Leave one of the two rows out."],
        ImportCause.RoleUnknown when problem.Hint is { } hint => T["Did you mean “{0}”?", hint],
        ImportCause.RoleUnknown => T["Write the name of a role as the page of roles has it."],
        ImportCause.RoleTooHigh => T["Leave it out, and let an administrator give it."],
        ImportCause.LanguageUnknown => T["Write a short form, such as en or de."],
        _ when problem.Hint is { } hint => T["Did you mean “{0}”?", hint],
        _ => T["Write a zone such as Europe/Berlin."],
    };

    public string Of(ImportField field) => field switch
    {
        ImportField.Email => T["Mail address"],
        ImportField.Name => T["Full name"],
        ImportField.FirstName => T["First name"],
        ImportField.LastName => T["Last name"],
        ImportField.Roles => T["Roles"],
        ImportField.Language => T["Language"],
        ImportField.Zone => T["Time zone"],
        _ => T["Leave out"],
    };

    public string Of(ImportPhase phase) => phase switch
    {
        ImportPhase.Uploaded => T["To be checked"],
        ImportPhase.Checking => T["Being checked"],
        ImportPhase.Checked => T["Checked"],
        ImportPhase.Running => T["Being imported"],
        _ => T["Imported"],
    };

    public string Separator(string separator) => separator switch
    {
        ";" => T["semicolons"],
        "," => T["commas"],
        "\t" => T["tabs"],
        _ => separator,
    };
}
