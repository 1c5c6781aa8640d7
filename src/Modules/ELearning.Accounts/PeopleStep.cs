namespace ELearning.Accounts;

/// <summary>
/// Adds people with their roles. Whoever has an account keeps it as it is, roles are only added: a recipe that is run
/// again finds people who have lived here since. Not written out: people are moved by an export, passwords never.
/// </summary>
internal sealed class PeopleStep(Credentials credentials, AddPerson add, Roles roles) : IRecipeStep
{
    public static readonly Shape Takes = Shape.Record(new Shape.Property("People", Shape.List(Shape.Record(
        new("Name", Shape.TextThat(name => string.IsNullOrWhiteSpace(name) || name.Length > 200 ? "write 1 to 200 characters." : null), IsRequired: true),
        new("Mail", Shape.TextThat(mail => mail.Contains('@') && mail.Length <= 254 ? null : "write a mail address, such as \"ada@school.example\"."), IsRequired: true),
        new("Roles", Shape.List(Shape.Text)),
        new("Password", Shape.TextThat(password => password.Length < 12 ? "write 12 characters at least, or leave it out." : null)),
        new("MustChangePassword", Shape.Flag),
        new("Culture", Shape.Text),
        new("TimeZoneId", Shape.TextThat(id => TimeZoneInfo.TryFindSystemTimeZoneById(id, out _) ? null : $"there is no zone \"{id}\". Write an IANA name, such as \"Europe/Berlin\".")))), IsRequired: true));

    public async Task<IReadOnlyList<PlannedChange>> PlanAsync(StepInput step, CancellationToken ct)
    {
        var known = await roles.ListAsync(ct);
        var changes = new List<PlannedChange>();
        foreach (var wanted in step.Read<Input>().People)
        {
            foreach (var role in wanted.Roles) Find(known, role);
            var there = await credentials.FindAsync(wanted.Mail, ct) is not null;
            changes.Add(new($"Person {wanted.Mail}", there ? "there" : null, "there"));
        }
        return changes;
    }

    public async Task ApplyAsync(StepInput step, CancellationToken ct)
    {
        var known = await roles.ListAsync(ct);
        foreach (var wanted in step.Read<Input>().People)
            await add.RunAsync(new(wanted.Name, wanted.Mail)
            {
                Roles = [.. wanted.Roles.Select(role => Find(known, role).Id)],
                Password = wanted.Password,
                MustChangePassword = wanted.MustChangePassword,
                Culture = wanted.Culture,
                Zone = wanted.TimeZoneId,
            }, ct);
    }

    private static Role Find(IReadOnlyList<Role> known, string name) =>
        known.FirstOrDefault(role => role.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? throw new RecipeException($"There is no role {name}. There are: {string.Join(", ", known.Select(role => role.Name))}.");

    private sealed record Input(Wanted[] People);

    private sealed record Wanted(string Name, string Mail, string? Password = null, bool MustChangePassword = false, string? Culture = null, string? TimeZoneId = null)
    {
        public string[] Roles { get; init; } = [];
    }
}
