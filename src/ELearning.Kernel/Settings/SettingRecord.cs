using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ELearning.Data;
using ELearning.Recipes;

namespace ELearning.Settings;

/// <summary>A declared record of settings: its properties, their defaults, and how it is made of what is stored.</summary>
internal sealed class SettingRecord
{
    public SettingRecord(SettingInfo info)
    {
        Info = info;
        Default = Activator.CreateInstance(info.Type)!;
        Properties = [.. info.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>() is null)
            .Select(property => new SettingProperty($"{info.Name}.{property.Name}", property, Default))];
    }

    public SettingInfo Info { get; }

    /// <summary>Shared by all tenants that have changed nothing.</summary>
    public object Default { get; }

    public IReadOnlyList<SettingProperty> Properties { get; }

    public SettingProperty? Find(string property) => Properties.FirstOrDefault(p => p.Name.Equals(property, StringComparison.OrdinalIgnoreCase));

    /// <summary>The record with the stored values in the place of defaults. A value that no longer fits its property is left out: its release is over.</summary>
    public object Make(IReadOnlyDictionary<string, string> stored)
    {
        object? made = null;
        foreach (var property in Properties)
            if (stored.TryGetValue(property.Key, out var json) && property.Read(json) is { } value)
                property.Set(made ??= Activator.CreateInstance(Info.Type)!, value);
        return made ?? Default;
    }

    /// <summary>What is wrong with a record by its annotations and its own rules, by the property's key.</summary>
    public Dictionary<string, string> Mistakes(object record)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(record, new ValidationContext(record), results, validateAllProperties: true);
        return (from result in results
                from member in result.MemberNames.DefaultIfEmpty("")
                group result.ErrorMessage ?? "This is not valid." by member == "" ? Info.Name : $"{Info.Name}.{member}")
            .ToDictionary(errors => errors.Key, errors => string.Join(" ", errors));
    }
}

internal sealed class SettingProperty(string key, PropertyInfo property, object defaults)
{
    /// <summary>Under which the value is stored: the record's name and the property's.</summary>
    public string Key => key;

    public string Name => property.Name;

    public PropertyInfo Declared => property;

    public bool IsSecret { get; } = property.IsDefined(typeof(SecretAttribute));

    public string Default { get; } = JsonSerializer.Serialize(property.GetValue(defaults), property.PropertyType, Json.Options);

    public Shape Shape => ClrShapes.Of(property);

    /// <returns>Null when the text is no value of this property, and when it is null.</returns>
    public object? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, property.PropertyType, Json.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The value as it is stored and compared, or what is wrong with it.</summary>
    public (string? Json, string? Mistake) Check(string json, FeatureCatalog catalog)
    {
        var mistakes = new List<Mistake>();
        if (NodeReader.Read(key, Encoding.UTF8.GetBytes(json), mistakes) is { } node) new ShapeCheck(key, catalog, mistakes).Value(Shape, node, $"\"{Name}\"");
        if (mistakes.Count > 0) return (null, mistakes[0].Text);
        return (JsonSerializer.Serialize(JsonSerializer.Deserialize(json, property.PropertyType, Json.Options), property.PropertyType, Json.Options), null);
    }

    public void Set(object record, object value) => property.SetValue(record, value);
}
