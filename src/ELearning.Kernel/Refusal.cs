using System.Globalization;

namespace ELearning;

/// <summary>Why something was not done. The text is English and a resource key; what stands in its places is not translated.</summary>
public sealed record Refusal(string Text, params object[] Values)
{
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, Text, Values);
}
