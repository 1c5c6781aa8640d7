using Xunit;

namespace ELearning.Commands;

public sealed class CommandTests
{
    private static Dictionary<string, string[]> Read(string usage, params string[] given) =>
        new Command("try", usage, "", (_, _) => Task.CompletedTask).Read(given);

    [Fact]
    public void Arguments_and_options_come_in_any_order()
    {
        var values = Read("TENANT FEATURE... [--plan] [--host HOST]...", "--host=a.org", "acme", "quiz", "--plan", "forum", "--host", "b.org");

        Assert.Equal(["acme"], values["TENANT"]);
        Assert.Equal(["quiz", "forum"], values["FEATURE"]);
        Assert.Equal(["a.org", "b.org"], values["--host"]);
        Assert.True(values.ContainsKey("--plan"));
    }

    [Fact]
    public void What_is_optional_may_be_left_out() => Assert.Empty(Read("[TENANT] [--after NAME]"));

    [Theory]
    [InlineData("TENANT", "", "needs TENANT")]
    [InlineData("TENANT", "a b", "does not know what to do with b")]
    [InlineData("[--plan]", "--plam", "has no option --plam")]
    [InlineData("[--plan]", "--plan=1", "takes no value after --plan")]
    [InlineData("[--host HOST]", "--host", "needs a value after --host")]
    public void A_mistake_is_named_and_shows_the_usage(string usage, string given, string what)
    {
        var refused = Assert.Throws<CommandException>(() => Read(usage, given.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Equal($"The command try {what}. Usage: ./run try {usage}", refused.Message);
    }

    [Fact]
    public void Names_are_told_apart_and_explained()
    {
        var names = CommandList.All.Select(c => c.Name).ToList();

        Assert.Equal(names.Distinct(), names);
        Assert.All(CommandList.All, c => Assert.Contains($"  {c.Name}", CommandList.Help, StringComparison.Ordinal));
        Assert.Equal("keys rotate", CommandList.Find(["keys", "rotate"]).Command.Name);
        Assert.Contains("keys rotate", Assert.Throws<CommandException>(() => CommandList.Find(["keys"])).Message, StringComparison.Ordinal);
    }
}
