using System.ComponentModel.DataAnnotations;

namespace ELearning.Hello;

public sealed record HelloSettings
{
    [Required, StringLength(100)]
    public string Title { get; init; } = "Guest book";

    [Range(1, 100)]
    public int GreetingsShown { get; init; } = 20;

    /// <summary>After so many days a greeting is removed; 0 keeps them all.</summary>
    [Range(0, 3650)]
    public int DaysKept { get; init; } = 365;
}
