namespace ELearning.Accounts;

/// <summary>The person whom a form is about: chosen already, or looked for by name and then chosen among those who are meant.</summary>
internal sealed class PersonChoice(FindPeople people)
{
    private const int Most = 8;

    public string Text { get; private set; } = "";

    public FoundPerson? Person { get; private set; }

    /// <summary>Several people whom the text could mean.</summary>
    public IReadOnlyList<FoundPerson> Several { get; private set; } = [];

    public bool IsNobody => Text != "" && Person is null && Several.Count == 0;

    /// <param name="chosen">Pointed at among several.</param>
    public async Task ReadAsync(Guid? chosen, Guid? id, string? text, CancellationToken ct)
    {
        Text = text?.Trim() ?? "";
        // A name that was typed over the chosen person's means somebody else.
        if ((chosen ?? id) is { } known && await people.OneAsync(known, ct) is { } person && (chosen is not null || Text == "" || Text == person.DisplayName))
        {
            (Person, Text) = (person, person.DisplayName);
            return;
        }
        if (Text == "") return;

        var found = await people.RunAsync(Text, Most, ct);
        if (found is [var only]) (Person, Text) = (only, only.DisplayName);
        else Several = found;
    }
}
