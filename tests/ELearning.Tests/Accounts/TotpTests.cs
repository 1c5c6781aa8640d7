using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace ELearning.Accounts;

public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238, appendix B, those for SHA-1.
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(code, Totp.CodeOf(Secret, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds)), digits: 8));

    [Fact]
    public void A_clock_may_be_half_a_minute_off_and_a_code_counts_once()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        var step = Totp.StepAt(now);

        foreach (var off in new[] { -1, 0, 1 }) Assert.Equal(step + off, Totp.Match(Secret, Totp.CodeOf(Secret, step + off), now, last: 0));
        foreach (var off in new[] { -2, 2 }) Assert.Null(Totp.Match(Secret, Totp.CodeOf(Secret, step + off), now, last: 0));
        Assert.Null(Totp.Match(Secret, Totp.CodeOf(Secret, step), now, last: step));
        Assert.Null(Totp.Match(Secret, Totp.CodeOf(Secret, step - 1), now, last: step));
        Assert.Equal(step + 1, Totp.Match(Secret, Totp.CodeOf(Secret, step + 1), now, last: step));
    }

    // RFC 4648, section 10, without the padding.
    [Theory]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Secrets_are_written_as_the_standard_says_and_read_back(string text, string written)
    {
        Assert.Equal(written, Totp.Base32(Encoding.ASCII.GetBytes(text)));
        Assert.Equal(text, Encoding.ASCII.GetString(Totp.FromBase32(written)));
    }

    [Fact]
    public void An_independent_program_makes_the_same_codes()
    {
        const string tool = "/usr/bin/oathtool";
        Assert.True(File.Exists(tool), "Debian's oathtool is missing: ./test installs it.");

        var secret = Totp.NewSecret();
        foreach (var seconds in new[] { 0L, 1_700_000_000, 4_000_000_000 })
        {
            var at = DateTimeOffset.FromUnixTimeSeconds(seconds);
            using var process = Process.Start(new ProcessStartInfo(tool,
                ["--totp", "--base32", $"--now={at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC", Totp.Base32(secret)])
            { RedirectStandardOutput = true })!;
            Assert.Equal(process.StandardOutput.ReadToEnd().Trim(), Totp.CodeOf(secret, Totp.StepAt(at)));
        }
    }
}
