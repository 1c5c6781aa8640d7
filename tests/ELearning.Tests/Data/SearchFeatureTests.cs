using Xunit;

namespace ELearning.Data;

public sealed class SearchFeatureTests
{
    [Theory, MemberData(nameof(Scratch.Engines), MemberType = typeof(Scratch))]
    public async Task A_tenants_search_is_there_with_its_tables(string engine)
    {
        await using var empty = EmptyEngine.Make();
        await using var school = await BareTenant.StartAsync(EmptyEngine.Open(empty.Address(engine)), []);

        await school.DoAsync<Search>(search => search.PutAsync(new("course", Guid.CreateVersion7(), "Überblick", "Alles"), default));

        var result = await school.DoAsync<Search, SearchResult>(search => search.FindAsync(new("uber"), default));
        Assert.Equal("Überblick", Assert.Single(result.Documents).Title.Text);
    }
}
