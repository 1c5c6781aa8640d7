using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Data;

/// <summary>The words of a tenant's documents. Modules put theirs in; what FTS5 keeps beside these tables is only an index.</summary>
internal sealed class SearchFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Search", "Search", "Kernel", "Finds what people have written, by its words.") { AlwaysOn = true };

    // Not exported: made anew from the owners of the documents, who also take out what is about a person that is erased.
    public void Declare(FeatureBuilder f) => f
        .Table("search_documents")
        .Table("search_facets")
        .Schema(SearchIndex.Migrations);

    public void AddServices(IServiceCollection services) => services.AddScoped<Search>();
}
