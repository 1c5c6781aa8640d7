namespace ELearning.Hello;

internal sealed record Greeting(Guid Id, string Name, string Text, DateTimeOffset LeftAt);

public sealed record GreetingLeft(Guid Id, DateTimeOffset At);
