namespace ELearning;

/// <summary>Beside this class lie the texts of the kernel and its layouts, one file a language.</summary>
public sealed class KernelTexts;
