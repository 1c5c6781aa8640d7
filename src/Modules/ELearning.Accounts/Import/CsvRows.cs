using System.Text;

namespace ELearning.Accounts;

/// <param name="Number">As a spreadsheet counts: the heading is 1.</param>
/// <param name="IsBroken">A quote was opened and not closed, or the row is longer than any that is meant.</param>
internal sealed record CsvRow(int Number, string[] Cells, bool IsBroken = false)
{
    public bool IsEmpty => Cells.All(string.IsNullOrWhiteSpace);
}

/// <summary>Rows of a table as RFC 4180 has them, cells in quotes with line breaks included, one after the other at constant memory.</summary>
internal sealed class CsvRows(TextReader reader, char separator) : IDisposable
{
    public const int MostCells = 100;
    private const int LongestRow = 32 * 1024;

    private readonly char[] _buffer = new char[16 * 1024];
    private int _at, _filled, _number;

    /// <returns>Null after the last row.</returns>
    public CsvRow? Read()
    {
        if (Peek() < 0) return null;

        var cells = new List<string>();
        var cell = new StringBuilder();
        var (isQuoted, isBroken, length) = (false, false, 0);
        _number++;
        while (true)
        {
            var letter = Next();
            if (letter < 0)
            {
                isBroken |= isQuoted;
                break;
            }
            if (++length > LongestRow) isBroken = true;
            // A row that is broken anyway is read to the end of its line, so that the next ones are not lost with it.
            if (isBroken)
            {
                if (letter == '\n') break;
                continue;
            }

            if (isQuoted)
            {
                if (letter != '"') cell.Append((char)letter);
                else if (Peek() == '"') cell.Append((char)Next());
                else isQuoted = false;
            }
            else if (letter == '"' && cell.Length == 0) isQuoted = true;
            else if (letter == separator)
            {
                End();
                if (cells.Count > MostCells) isBroken = true;
            }
            else if (letter == '\n') break;
            else if (letter == '\r')
            {
                if (Peek() == '\n') Next();
                break;
            }
            else cell.Append((char)letter);
        }
        End();
        return new(_number, [.. cells], isBroken);

        void End()
        {
            cells.Add(cell.ToString().Trim());
            cell.Clear();
        }
    }

    public void Dispose() => reader.Dispose();

    private int Peek()
    {
        if (_at == _filled) (_at, _filled) = (0, reader.Read(_buffer));
        return _filled == 0 ? -1 : _buffer[_at];
    }

    private int Next()
    {
        var letter = Peek();
        if (letter >= 0) _at++;
        return letter;
    }
}
