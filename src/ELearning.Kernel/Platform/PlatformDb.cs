using ELearning.Data;

namespace ELearning;

/// <summary>The platform's own database. Only the kernel and <c>ELearning.Platform</c> may ask for it.</summary>
internal sealed class PlatformDb(Engine engine)
{
    /// <summary>For one unit of work; holds nothing between statements.</summary>
    /// <param name="meter">Whose request or job it is for, where statements are counted.</param>
    public Db Open(StatementMeter? meter = null) => new(engine.Platform, meter);
}
