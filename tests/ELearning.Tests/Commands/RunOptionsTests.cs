using System.Net;
using Xunit;

namespace ELearning.Commands;

public sealed class RunOptionsTests
{
    private static RunOptions Parse(params string[] args) => RunOptions.Parse(args, postgres: null);

    [Fact]
    public void Nothing_said_is_a_demo_on_loopback()
    {
        var options = Parse();

        Assert.True(options.IsDemo);
        Assert.Equal("http://127.0.0.1:5000", options.Url);
        Assert.Equal(Path.GetFullPath("data"), options.DataFolder);
        Assert.Empty(options.Command);
    }

    [Theory]
    [InlineData("--listen=0.0.0.0", "http://0.0.0.0:5000")]
    [InlineData("--listen=192.168.1.7:80", "http://192.168.1.7:80")]
    [InlineData("--listen=[::]:8080", "http://[::]:8080")]
    [InlineData("--listen=*:8080", "http://0.0.0.0:8080")]
    public void An_address_that_others_reach_has_no_demo(string listen, string url)
    {
        var options = Parse(listen);

        Assert.Equal(url, options.Url);
        Assert.False(options.IsDemo);
    }

    [Theory]
    [InlineData("--listen=localhost:5001", "http://127.0.0.1:5001")]
    [InlineData("--listen=[::1]:5001", "http://[::1]:5001")]
    [InlineData("--listen=::1", "http://[::1]:5000")]
    [InlineData("--port=5001", "http://127.0.0.1:5001")]
    public void Loopback_in_any_spelling_keeps_the_demo(string listen, string url)
    {
        var options = Parse(listen);

        Assert.Equal(url, options.Url);
        Assert.True(options.IsDemo);
    }

    [Fact]
    public void A_platform_behind_a_proxy_says_its_name_and_whom_it_believes()
    {
        var options = Parse("--host", "learn.example", "--host=academy.example", "--unknown-hosts", "platform", "--proxy", "10.0.0.7");

        Assert.Equal(["learn.example", "academy.example"], options.Hosts);
        Assert.Equal(UnknownHosts.Platform, options.UnknownHosts);
        Assert.Equal([IPAddress.Parse("10.0.0.7")], options.Proxies);
        Assert.Throws<CommandException>(() => Parse("--host", "http://learn.example"));
        Assert.Throws<CommandException>(() => Parse("--unknown-hosts", "maybe"));
        Assert.Throws<CommandException>(() => Parse("--proxy", "proxy.example"));
    }

    [Fact]
    public void A_recipe_or_no_demo_makes_no_demo()
    {
        Assert.False(Parse("--no-demo").IsDemo);
        Assert.False(Parse("--recipe", "blank").IsDemo);
        Assert.Equal("blank", Parse("--recipe", "blank").Recipe);
    }

    [Fact]
    public void Options_of_a_command_are_left_to_it()
    {
        var options = Parse("--data", "/srv/lms", "tenants", "create", "acme", "--recipe", "blank", "--json");

        Assert.Equal(["tenants", "create", "acme", "--recipe", "blank"], options.Command);
        Assert.True(options.IsJson);
        Assert.Null(options.Recipe);
        Assert.Equal("/srv/lms", options.DataFolder);
    }

    [Theory]
    [InlineData("--port=0", "--port 0 is not a port")]
    [InlineData("--port=http", "--port http is not a port")]
    [InlineData("--listen=example.org", "--listen example.org is not an address")]
    [InlineData("--data", "--data needs a value")]
    [InlineData("--prot=5000", "There is no option --prot")]
    public void A_mistake_is_named(string argument, string sentence) =>
        Assert.StartsWith(sentence, Assert.Throws<CommandException>(() => Parse(argument)).Message);

    [Fact]
    public void The_address_is_the_one_that_was_written() => Assert.Equal(IPAddress.Parse("10.0.0.1"), Parse("--listen", "10.0.0.1").Address);
}
