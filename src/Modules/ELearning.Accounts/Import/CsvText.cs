using System.Text;

namespace ELearning.Accounts;

/// <summary>How the bytes of a table are to be read.</summary>
/// <param name="Encoding">A name that <see cref="CsvText.EncodingOf"/> knows.</param>
internal sealed record CsvForm(string Encoding, char Separator);

/// <summary>
/// Tells how a file was written. Spreadsheets write UTF-8 with or without a mark, UTF-16, or Windows-1252 where that is
/// the system's, and put commas, semicolons or tabs between cells as the country has it; none says which.
/// </summary>
internal static class CsvText
{
    private const int Sample = 64 * 1024;

    private static readonly char[] Separators = [';', ',', '\t', '|'];

    /// <summary>Reads the stream to its end, at constant memory.</summary>
    public static async Task<CsvForm> DetectAsync(Stream stream, CancellationToken ct)
    {
        var buffer = new byte[Sample];
        var head = new byte[Sample];
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetDecoder();
        var text = new char[Sample + 1];
        var (kept, isUtf8) = (0, true);
        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
        {
            var room = Math.Min(read, head.Length - kept);
            buffer.AsSpan(0, room).CopyTo(head.AsSpan(kept));
            kept += room;
            isUtf8 = isUtf8 && IsValid(strict, buffer.AsSpan(0, read), text, isEnd: false);
        }
        isUtf8 = isUtf8 && IsValid(strict, [], text, isEnd: true);

        var encoding = head switch
        {
            [0xFF, 0xFE, ..] when kept > 1 => "utf-16",
            [0xFE, 0xFF, ..] when kept > 1 => "utf-16BE",
            _ => isUtf8 ? "utf-8" : "windows-1252",
        };
        return new(encoding, SeparatorOf(EncodingOf(encoding).GetString(head, 0, kept)));
    }

    public static Encoding EncodingOf(string name) => name == "windows-1252" ? CodePagesEncodingProvider.Instance.GetEncoding(1252)! : Encoding.GetEncoding(name);

    // The heading has no free text: whatever parts it into most cells is the separator.
    private static char SeparatorOf(string text)
    {
        var best = (Separator: ',', Cells: 1);
        foreach (var separator in Separators)
        {
            using var rows = new CsvRows(new StringReader(text), separator);
            if (rows.Read() is { } heading && heading.Cells.Length > best.Cells) best = (separator, heading.Cells.Length);
        }
        return best.Separator;
    }

    private static bool IsValid(Decoder decoder, ReadOnlySpan<byte> bytes, char[] text, bool isEnd)
    {
        try
        {
            decoder.GetChars(bytes, text, isEnd);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
