using ELearning.Data;

namespace ELearning;

/// <summary>A feature as the kernel knows it: its info and all that it declared, read once a process.</summary>
public sealed class Feature
{
    public Feature(IFeature source)
    {
        Source = source;
        Declared = new(source.Info.Id);
        source.Declare(Declared);
    }

    public string Id => Source.Info.Id;

    public FeatureInfo Info => Source.Info;

    public Schema Schema => new(Id, [.. Declared.Migrations], Declared.Compatible);

    internal IFeature Source { get; }

    internal FeatureBuilder Declared { get; }
}
