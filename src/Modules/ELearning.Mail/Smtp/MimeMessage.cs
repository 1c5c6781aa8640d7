using System.Globalization;
using System.Text;

namespace ELearning.Mail;

/// <summary>A letter as it goes over the wire (RFC 5322, 2045-2047): text first, then HTML, all of it in ASCII.</summary>
internal sealed class MimeMessage(Address from, string fromName, Address to, Outgoing letter)
{
    private const int LineLength = 76;

    public byte[] ToBytes()
    {
        // Of the id, so that a letter sent once more after a crash is the same message.
        var boundary = $"part-{letter.Id:N}";
        var message = new StringBuilder();
        Header(message, "From", $"{Word(fromName)} <{from.Wire}>");
        Header(message, "To", $"<{to.Wire}>");
        Header(message, "Subject", Word(letter.Subject));
        Header(message, "Date", letter.CreatedAt.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header(message, "Message-ID", $"<{letter.Id:N}@{from.Wire[(from.Wire.IndexOf('@', StringComparison.Ordinal) + 1)..]}>");
        // So that nobody's "I am away" is sent back (RFC 3834).
        Header(message, "Auto-Submitted", "auto-generated");
        Header(message, "MIME-Version", "1.0");
        Header(message, "Content-Type", $"multipart/alternative; boundary=\"{boundary}\"");
        message.Append("\r\n");
        Part(message, boundary, "text/plain", letter.Text);
        Part(message, boundary, "text/html", letter.Html);
        message.Append("--").Append(boundary).Append("--\r\n");
        return Encoding.ASCII.GetBytes(message.ToString());
    }

    private static void Part(StringBuilder message, string boundary, string type, string text)
    {
        message.Append("--").Append(boundary).Append("\r\n");
        Header(message, "Content-Type", $"{type}; charset=utf-8");
        Header(message, "Content-Transfer-Encoding", "base64");
        message.Append("\r\n");
        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        for (var i = 0; i < encoded.Length; i += LineLength) message.Append(encoded, i, Math.Min(LineLength, encoded.Length - i)).Append("\r\n");
    }

    private static void Header(StringBuilder message, string name, string value)
    {
        // A line break would begin a header of somebody else's choice.
        var unfolded = value.Replace("\r\n ", "", StringComparison.Ordinal);
        if (unfolded.Any(letter => letter is < ' ' or > '~')) throw new InvalidOperationException($"The header {name} has a character that none may have.");
        message.Append(name).Append(": ").Append(value).Append("\r\n");
    }

    /// <summary>
    /// Text in a header as encoded words of at most 75 characters, a line each, none of which splits a character. Also what
    /// would pass as it is, when it could be read as something else.
    /// </summary>
    internal static string Word(string text)
    {
        if (text.Length is > 0 and < 60 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '-' or '\'') && !text.Contains("  ", StringComparison.Ordinal)) return text;

        var words = new List<string>();
        var bytes = new List<byte>();
        foreach (var rune in text.EnumerateRunes())
        {
            var one = Encoding.UTF8.GetBytes(rune.ToString());
            if (bytes.Count + one.Length > 45) Flush();
            bytes.AddRange(one);
        }
        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=");
            bytes.Clear();
        }
    }
}
