using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Blobs;

/// <summary>Files by content, for every module that keeps any.</summary>
internal sealed class BlobsFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Blobs", "Files", "Kernel", "Keeps every file once, and knows who refers to it.") { AlwaysOn = true };

    public void Declare(FeatureBuilder f)
    {
        f.Schema(BlobTables.Migrations).Figure(TenantFigures.Storage, $"SELECT bytes FROM blob_usage WHERE id = 1");
        foreach (var table in BlobTables.Tables(Info.Id)) f.Table(table.Name, table.Person, table.Personal, table.Erase, table.Export);
    }

    public void AddServices(IServiceCollection services) => services.AddScoped(provider => new BlobStore(
        provider.GetRequiredService<Db>(), provider.GetRequiredService<BlobFolder>(), provider.GetRequiredService<Tenant>().Key, provider.GetRequiredService<TimeProvider>()));
}
