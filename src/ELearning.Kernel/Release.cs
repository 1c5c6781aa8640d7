using System.Security.Cryptography;
using System.Text;

namespace ELearning;

/// <summary>Which build of the kernel and its modules this host is: another one is worth another try where the last one failed.</summary>
internal sealed class Release(FeatureCatalog catalog)
{
    public string Id { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(
        catalog.All.Select(feature => feature.Source.GetType().Module.ModuleVersionId.ToString()).Distinct().Order(StringComparer.Ordinal)))))[..16];
}
