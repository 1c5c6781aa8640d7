using System.Threading.Channels;

namespace ELearning;

/// <summary>Tells this host's pump, in memory and at once, that a tenant has work. Lost in a crash, which is what marks are for.</summary>
internal sealed class Nudges
{
    private readonly Channel<string> _tenants = Channel.CreateUnbounded<string>();

    public ChannelReader<string> Tenants => _tenants.Reader;

    public void Add(string tenant) => _tenants.Writer.TryWrite(tenant);
}
