using Xunit;

namespace ELearning.Accounts;

public sealed class ReturnToTests
{
    [Theory]
    [InlineData("/hello")]
    [InlineData("/hello?page=2&sort=name")]
    [InlineData("/")]
    public void A_path_of_this_site_is_kept(string wish) => Assert.Equal(wish, ReturnTo.Local(wish, "/"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("///evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\n/evil.example")]
    [InlineData("\t//evil.example")]
    [InlineData("/hello\\..\\..")]
    [InlineData("javascript:alert(1)")]
    [InlineData("~//evil.example")]
    [InlineData("/hello/..//evil.example")]
    [InlineData("/%2e%2e//evil.example")]
    public void Everything_else_leads_home(string? wish) => Assert.Equal("/", ReturnTo.Local(wish, "/"));

    [Theory]
    [InlineData("/school/hello", "/school/hello")]
    [InlineData("/school/", "/school/")]
    [InlineData("/other/hello", "/school/")]
    [InlineData("/schoolyard/hello", "/school/")]
    [InlineData("/school/../other", "/school/")]
    [InlineData("/hello", "/school/")]
    public void Under_a_prefix_only_its_own_paths_are_kept(string wish, string led) => Assert.Equal(led, ReturnTo.Local(wish, "/school/"));
}
