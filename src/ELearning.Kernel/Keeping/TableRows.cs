using System.Buffers;
using System.Text.Json;
using ELearning.Data;

namespace ELearning.Keeping;

/// <summary>A table's rows out of a database and into another, a line each, never more than one line in memory.</summary>
internal static class TableRows
{
    private const int LongestLine = 256 << 20;

    /// <returns>How many there were.</returns>
    public static async Task<long> WriteAsync(Borrowed connection, TableShape table, Sql? where, Stream target, CancellationToken ct)
    {
        if (table.Key.Length == 0) throw new KeepingException($"The table {table.Name} has no primary key, so its rows have no order. Give it one, or declare it with export: 0.");

        long rows = 0;
        var line = new ArrayBufferWriter<byte>();
        await using var writer = new Utf8JsonWriter(line, RowText.Writing);
        Sql order = $"ORDER BY {Listed(table.Key)}";
        await using var command = connection.Command(
            where is null ? (Sql)$"SELECT {Listed(table.Columns.Select(c => c.Name))} FROM {Sql.Name(table.Name)} {order}"
            : $"SELECT {Listed(table.Columns.Select(c => c.Name))} FROM {Sql.Name(table.Name)} WHERE {where} {order}");
        await using var reader = await command.ExecuteReaderAsync(ct);
        for (; await reader.ReadAsync(ct); rows++)
        {
            RowText.Write(writer, table.Columns, reader);
            writer.Flush();
            line.Write("\n"u8);
            await target.WriteAsync(line.WrittenMemory, ct);
            line.ResetWrittenCount();
            writer.Reset();
        }
        return rows;
    }

    /// <summary>The rows of a stream, read while they are asked for.</summary>
    public static IEnumerable<object?[]> Read(TableShape table, Stream source)
    {
        var buffer = new byte[64 * 1024];
        var (start, end) = (0, 0);
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return RowText.Read(table.Name, table.Columns, buffer.AsMemory(start, length));
                start += length + 1;
                continue;
            }

            if (start > 0) buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end > LongestLine) throw new KeepingException($"The archive has a row in {table.Name} that is longer than {LongestLine} bytes.");
            if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = source.Read(buffer, end, buffer.Length - end);
            if (read == 0 && end > 0) throw new KeepingException($"The last row of {table.Name} in the archive is not complete.");
            if (read == 0) yield break;
            end += read;
        }
    }

    public static Sql Listed(IEnumerable<string> columns)
    {
        Sql? list = null;
        foreach (var column in columns) list = list is null ? Sql.Name(column) : $"{list}, {Sql.Name(column)}";
        return list!; // a table without columns is none
    }
}
