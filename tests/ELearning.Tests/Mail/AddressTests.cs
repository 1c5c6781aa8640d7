using Xunit;

namespace ELearning.Mail;

public sealed class AddressTests
{
    [Theory]
    [InlineData("ada@example.org", "ada@example.org")]
    [InlineData(" ada.lovelace+school@sub.example.org ", "ada.lovelace+school@sub.example.org")]
    [InlineData("ada@localhost", "ada@localhost")]
    [InlineData("ada@bücher.example", "ada@xn--bcher-kva.example")]
    public void An_address_is_sent_to_as_servers_know_it(string text, string wire)
    {
        Assert.True(Address.TryParse(text, out var address));
        Assert.Equal((text.Trim(), wire), (address.Text, address.Wire));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("ada@")]
    [InlineData("@example.org")]
    [InlineData("ada@example")]
    [InlineData("ada@example.org\r\nBcc: eve@example.org")]
    [InlineData("ada@example.org>\r\nDATA")]
    [InlineData("ada@exam\0ple.org")]
    [InlineData("Ada <ada@example.org>")]
    [InlineData("ada@example.org,eve@example.org")]
    [InlineData("a da@example.org")]
    [InlineData("jürgen@example.org")]
    [InlineData("ada..b@example.org")]
    [InlineData("ada@-example.org")]
    [InlineData("ada@exa_mple.org")]
    public void What_is_no_address_is_refused(string text) => Assert.False(Address.IsValid(text));

    [Fact]
    public void An_address_is_no_longer_than_servers_take() => Assert.False(Address.IsValid(new string('a', 250) + "@example.org"));
}
