using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using ELearning.Data;

namespace ELearning.Recipes;

/// <summary>The shapes of CLR types, such as records of settings.</summary>
internal static class ClrShapes
{
    private static readonly ConcurrentDictionary<Type, Shape> Known = new();
    private static readonly NullabilityInfoContext Nullability = new();

    public static Shape Of(Type type) => Known.GetOrAdd(type, Make);

    public static Shape Of(PropertyInfo property) => MayBeNull(property) ? Shape.Nullable(Of(property.PropertyType)) : Of(property.PropertyType);

    private static Shape Make(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Shape.Nullable(Of(value));
        if (type == typeof(string)) return Shape.Text;
        if (type == typeof(bool)) return Shape.Flag;
        if (type == typeof(int)) return Shape.Whole(int.MinValue, int.MaxValue);
        if (type == typeof(long)) return Shape.Whole();
        if (type == typeof(double) || type == typeof(decimal)) return Shape.Number();
        if (type.IsEnum) return Shape.OneOf(type.Name, Enum.GetNames(type));
        if (type.IsValueType) return Shape.TextThat(text => Parses(text, type) ? null : $"write {Example(type)}, not \"{text}\".");

        var interfaces = type.GetInterfaces().Append(type).Where(i => i.IsGenericType).ToList();
        if (interfaces.Find(i => i.GetGenericTypeDefinition() == typeof(IDictionary<,>) || i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)) is { } map)
            return Shape.Map(Of(map.GetGenericArguments()[1]));
        if (typeof(IEnumerable).IsAssignableFrom(type) && interfaces.Find(i => i.GetGenericTypeDefinition() == typeof(IEnumerable<>)) is { } list)
            return Shape.List(Of(list.GetGenericArguments()[0]));

        var properties = Properties(type).ToArray();
        return Shape.Record(properties);
    }

    private static IEnumerable<Shape.Property> Properties(Type type) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>() is null
        select new Shape.Property(property.Name, Of(property), Check: value => Broken(property, value));

    private static string? Broken(PropertyInfo property, JsonElement value)
    {
        var context = new ValidationContext(property) { MemberName = property.Name, DisplayName = property.Name };
        var typed = value.Deserialize(property.PropertyType, Json.Options);
        return property.GetCustomAttributes<ValidationAttribute>()
            .Select(rule => rule.GetValidationResult(typed, context)?.ErrorMessage)
            .FirstOrDefault(message => message is not null);
    }

    private static bool MayBeNull(PropertyInfo property)
    {
        lock (Nullability)
            return !property.PropertyType.IsValueType && Nullability.Create(property).WriteState == NullabilityState.Nullable;
    }

    private static string Example(Type type) => type switch
    {
        _ when type == typeof(DateOnly) => "a date, such as \"2026-03-01\"",
        _ when type == typeof(TimeOnly) => "a time, such as \"09:30:00\"",
        _ when type == typeof(DateTimeOffset) => "an instant, such as \"2026-03-01T09:30:00Z\"",
        _ when type == typeof(TimeSpan) => "a span, such as \"02:30:00\"",
        _ => $"a {type.Name}",
    };

    private static bool Parses(string text, Type type)
    {
        try
        {
            return JsonSerializer.SerializeToElement(text).Deserialize(type, Json.Options) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
