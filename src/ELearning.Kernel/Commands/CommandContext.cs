using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Commands;

/// <summary>One run of a command: what was asked, the host it runs in, and where its answer goes.</summary>
/// <param name="directory">Where the person is who typed it; files are named from there.</param>
/// <param name="isJson">Records are wanted as JSON, for programs.</param>
internal sealed class CommandContext(
    IServiceProvider host, Dictionary<string, string[]> values, string directory, bool isJson, TextWriter output)
{
    private static readonly JsonSerializerOptions AsJson = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        // Read in a terminal, never inside HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public T Get<T>() where T : notnull => host.GetRequiredService<T>();

    public string this[string name] => values[name][0];

    public string? Find(string name) => values.GetValueOrDefault(name)?[0];

    public string[] All(string name) => values.GetValueOrDefault(name) ?? [];

    public bool Has(string option) => values.ContainsKey(option);

    public string File(string name) => Path.GetFullPath(this[name], directory);

    public Guid Id(string name) =>
        Guid.TryParse(this[name], out var id) ? id : throw new CommandException($"{this[name]} is not an id.");

    /// <summary>The tenant that an argument names.</summary>
    public async Task<Tenant> TenantAsync(string name, CancellationToken ct) =>
        await Get<Tenants>().FindAsync(this[name], ct) ?? throw new CommandException($"There is no tenant {this[name]}.");

    /// <summary>With a tenant's services, as the platform.</summary>
    public async Task<T> InTenantAsync<T>(string name, Func<IServiceProvider, Task<T>> work, CancellationToken ct)
    {
        await using var lease = await Get<ShellHost>().LeaseAsync((await TenantAsync(name, ct)).Name, ct);
        await using var scope = lease.OpenScope();
        scope.Services.GetRequiredService<CurrentActor>().Set(Actor.Platform);
        return await work(scope.Services);
    }

    /// <summary>For people; a program that asked for JSON gets only the records.</summary>
    public void Say(string text)
    {
        if (!isJson) output.WriteLine(text);
    }

    /// <summary>As it is, for people and programs.</summary>
    public void Write(string text) => output.WriteLine(text);

    public void Print<T>(IReadOnlyCollection<T> records, string none)
    {
        if (isJson) output.WriteLine(JsonSerializer.Serialize(records, AsJson));
        else if (records.Count == 0) output.WriteLine(none);
        else WriteTable(records);
    }

    /// <summary>One thing, each of its properties on a line.</summary>
    public void Print<T>(T record) where T : notnull
    {
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(record, AsJson));
            return;
        }

        foreach (var property in typeof(T).GetProperties())
            output.WriteLine($"{Words(property)}: {Text(property.GetValue(record))}");
    }

    private void WriteTable<T>(IReadOnlyCollection<T> records)
    {
        var properties = typeof(T).GetProperties();
        var rows = records.Select(record => properties.Select(p => Text(p.GetValue(record))).ToArray()).Prepend([.. properties.Select(Words)]).ToList();
        var widths = properties.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static string Words(PropertyInfo property) =>
        string.Concat(property.Name.Select((c, i) => i > 0 && char.IsUpper(c) && char.IsLower(property.Name[i - 1]) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text.ReplaceLineEndings(" "),
        DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", null),
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        System.Collections.IEnumerable many => string.Join(", ", many.Cast<object?>().Select(Text)),
        _ => value.ToString() ?? "",
    };
}
