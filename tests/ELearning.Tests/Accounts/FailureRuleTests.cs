using Xunit;

namespace ELearning.Accounts;

public sealed class FailureRuleTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 30)]
    [InlineData(6, 60)]
    [InlineData(8, 240)]
    [InlineData(10, 900)]
    [InlineData(1_000_000, 900)]
    public void Each_failure_beyond_the_first_doubles_the_wait_up_to_a_quarter_of_an_hour(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), FailureRule.Account.WaitAfter(failures));
}
