using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Keeping;

/// <summary>What a tenant's data become: backups, exports, erasure, trash.</summary>
internal sealed class KeepingFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Keeping", "Keeping of data", "Kernel", "Erases people who ask for it and empties the trash after 30 days.") { AlwaysOn = true, DependsOn = ["People"] };

    // Nobody sees the trash of a tenant that sleeps; it is emptied at the first sign of life. Who asks for erasure has it at once.
    public void Declare(FeatureBuilder f) => f.Job<PurgeTrash>("purge-trash", Schedule.Daily(new(3, 30)).WhenActive());

    public void AddServices(IServiceCollection services) => services.AddScoped<ErasePerson>();
}

internal static class KeepingServices
{
    internal static void AddKeeping(this IServiceCollection host) => host
        .AddSingleton<LoadArchive>().AddSingleton<ExportTenant>().AddSingleton<ImportTenant>().AddSingleton<RestoreTenant>()
        .AddSingleton<ExportPerson>().AddSingleton<RemoveFeatureData>();
}
