namespace ELearning.Recipes;

/// <summary>What somebody probably meant to write.</summary>
public static class Nearest
{
    /// <summary>"Did you mean ...?" when one is near, else all there are, when these can be read.</summary>
    public static string Advice(string written, IEnumerable<string> known)
    {
        var all = known.Order(StringComparer.OrdinalIgnoreCase).ToList();
        if (Of(written, all) is { } near) return $"Did you mean \"{near}\"?";
        return all.Count switch
        {
            0 => "There are none.",
            <= 12 => $"Known: {string.Join(", ", all)}.",
            _ => $"Known: {string.Join(", ", all.Take(12))} and {all.Count - 12} more.",
        };
    }

    public static string? Of(string written, IEnumerable<string> known)
    {
        if (written.Length > 100) return null;

        var upper = written.ToUpperInvariant();
        return known.Select(word => (Word: word, Distance: Distance(upper, word.ToUpperInvariant())))
            .Where(near => near.Distance <= Math.Max(1, written.Length / 3))
            .OrderBy(near => near.Distance).Select(near => near.Word).FirstOrDefault();
    }

    // Optimal string alignment: two letters exchanged, the commonest slip, count as one.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        return rows[a.Length, b.Length];
    }
}
