using System.Text;
using Xunit;

namespace ELearning.Mail;

public sealed class MimeMessageTests
{
    [Theory]
    [InlineData("Hello\r\nBcc: eve@example.org")]
    [InlineData("Hello\r\n Folded: yes")]
    [InlineData("=?utf-8?B?SGVsbG8=?=")]
    [InlineData("Grüße 🎓 aus der Abendschule, mit einem Betreff, der so lang ist, dass er in mehr als einer Zeile stehen muss")]
    public void A_subject_stays_a_subject(string subject)
    {
        var headers = Encoding.ASCII.GetString(Message(subject)).Split("\r\n\r\n")[0];
        var lines = headers.Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n");

        Assert.Equal(["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"], lines.Select(line => line.Split(':')[0]));
        Assert.All(headers.Split("\r\n"), line => Assert.True(line.Length <= 90, line));
        var words = lines[2]["Subject: ".Length..].Split("?=", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(subject, string.Concat(words.Select(word => Encoding.UTF8.GetString(Convert.FromBase64String(word["=?utf-8?B?".Length..])))));
    }

    [Fact]
    public void A_plain_subject_is_readable_as_it_is() => Assert.Contains("\r\nSubject: Confirm your address\r\n", Encoding.ASCII.GetString(Message("Confirm your address")));

    private static byte[] Message(string subject)
    {
        Assert.True(Address.TryParse("no-reply@example.org", out var from));
        Assert.True(Address.TryParse("ada@example.org", out var to));
        return new MimeMessage(from, "School", to, new(Guid.CreateVersion7(), "ada@example.org", subject, "text", "<p>html</p>", 0, DateTimeOffset.UtcNow)).ToBytes();
    }
}
