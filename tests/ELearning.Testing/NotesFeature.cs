using System.ComponentModel.DataAnnotations;
using ELearning.Data;

namespace ELearning;

/// <summary>A module as a recipe meets it: settings, a theme, permissions, and a step of its own.</summary>
internal sealed class NotesFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Notes", "Notes", "Test", "Notes on a wall.") { DependsOn = ["Walls"] };

    public void Declare(FeatureBuilder f) => f
        .Table("notes", export: 1)
        .Schema($"CREATE TABLE notes (text TEXT PRIMARY KEY)")
        .Setting<NoteSettings>("Notes")
        .Permission("WriteNotes", "Notes", "Write notes")
        .Permission("ReadNotes", "Notes", "Read notes")
        .Theme("Cork")
        .RecipeStep<NotesStep>("notes", Shape.Record(
            new("Texts", Shape.List(Shape.Text), IsRequired: true), new("FailOn", Shape.Text), new("Loud", Shape.Flag),
            new("Size", Shape.Whole(1, 10))));
}

internal sealed class WallsFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Walls", "Walls", "Test", "Something to put notes on.");

    public void Declare(FeatureBuilder f) => f.RecipeStep<PlatformStep>("quota", Shape.Record(new Shape.Property("Tenants", Shape.Whole(0, 1000))), StepLevel.Platform);
}

internal enum Colour { Yellow, Pink }

internal sealed record NoteSettings : IValidatableObject
{
    [Required, StringLength(20)]
    public string Title { get; init; } = "Notes";

    [Range(1, 100)]
    public int Rows { get; init; } = 10;

    public bool Public { get; init; } = true;

    public Colour Colour { get; init; }

    public string[] Editors { get; init; } = [];

    public string? Footer { get; init; }

    public DateOnly? Until { get; init; }

    [Secret]
    public string Token { get; init; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Public && Rows > 50) yield return new("A public wall has at most 50 rows.", [nameof(Rows)]);
    }
}

/// <summary>Sticks notes on the wall. It falls down at the text that it is told to fail on, until a note says that it is repaired.</summary>
internal sealed class NotesStep(Db db) : IRecipeStep
{
    public async Task<IReadOnlyList<PlannedChange>> PlanAsync(StepInput step, CancellationToken ct)
    {
        var there = await NotesAsync(ct);
        return [.. step.Read<Input>().Texts.Select(text => new PlannedChange($"Note {text}", there.Contains(text) ? "there" : null, "there"))];
    }

    public async Task ApplyAsync(StepInput step, CancellationToken ct)
    {
        var input = step.Read<Input>();
        foreach (var text in input.Texts)
        {
            if (text == input.FailOn && !(await NotesAsync(ct)).Contains("repaired")) throw new InvalidOperationException("The wall fell down.");
            await db.ExecuteAsync($"INSERT INTO notes (text) VALUES ({text}) ON CONFLICT DO NOTHING", ct);
        }
    }

    private Task<List<string>> NotesAsync(CancellationToken ct) => db.ListAsync<string>($"SELECT text FROM notes ORDER BY text", ct);

    private sealed record Input(string[] Texts, string? FailOn = null);
}

internal sealed class PlatformStep : IRecipeStep
{
    public Task<IReadOnlyList<PlannedChange>> PlanAsync(StepInput step, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<PlannedChange>>([]);

    public Task ApplyAsync(StepInput step, CancellationToken ct) => Task.CompletedTask;
}
