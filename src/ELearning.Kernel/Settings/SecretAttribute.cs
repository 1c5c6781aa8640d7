namespace ELearning;

/// <summary>A property of a settings record that is sealed where it is kept, never shown and never written out.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;
