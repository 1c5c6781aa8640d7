using System.Text.Json;

namespace ELearning.Data;

/// <summary>The one way in which records become JSON in the database and in answers.</summary>
public static class Json
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T To<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)
        ?? throw new JsonException($"null is no {typeof(T).Name}.");
}
