using Xunit;

namespace ELearning;

public sealed class StartUpTests
{
    public static TheoryData<string> Rules => [.. BadModules.All.Select(bad => bad.Rule)];

    [Theory, MemberData(nameof(Rules))]
    public async Task A_module_that_breaks_a_rule_stops_the_start_by_name(string rule)
    {
        var bad = BadModules.All.Single(module => module.Rule == rule);
        var folder = Directory.CreateTempSubdirectory("elearning-bad-").FullName;

        var refused = await Assert.ThrowsAsync<FeatureException>(() =>
            KernelHost.BuildAsync(new KernelOptions { DataFolder = folder, Listen = "http://127.0.0.1:0" }, bad.Modules));

        Assert.All(bad.Says, part => Assert.Contains(part, refused.Message));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_page_without_a_model_class_cannot_be_mapped()
    {
        var pages = new Web.ModulePages(new(new([])), new());

        var refused = Assert.Throws<FeatureException>(() => pages.Apply(new("/ELearning.Bad/Index.cshtml", "/bad")));

        Assert.Contains("/ELearning.Bad/Index.cshtml has no model class", refused.Message);
    }
}
