using System.ComponentModel.DataAnnotations;

namespace ELearning.Hello;

public sealed record HelloSettings
{
    [Required, StringLength(100)]
    public string Title { get; init; } = "Guest book";

    [Range(1, 100)]
    public int GreetingsShown { get; init; } = 20;
}
