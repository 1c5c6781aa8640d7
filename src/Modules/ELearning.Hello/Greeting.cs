namespace ELearning.Hello;

internal sealed record Greeting(Guid Id, string Name, string Text, DateTimeOffset LeftAt);

/// <summary>Somebody has left a greeting. Says nothing of who or what: listeners may keep facts for longer than the guest book does.</summary>
public sealed record GreetingLeft(Guid Id, DateTimeOffset At);
