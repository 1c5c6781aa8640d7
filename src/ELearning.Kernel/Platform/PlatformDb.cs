using ELearning.Data;

namespace ELearning;

/// <summary>The platform's own database. Only the kernel and <c>ELearning.Platform</c> may ask for it.</summary>
internal sealed class PlatformDb(Engine engine)
{
    /// <summary>For one unit of work; holds nothing between statements.</summary>
    public Db Open() => new(engine.Platform);
}
