using System.Text.RegularExpressions;
using ELearning.Data;

namespace ELearning;

/// <summary>All features of this host, in dependency order, checked once at the start.</summary>
public sealed partial class FeatureCatalog
{
    private readonly Dictionary<string, Feature> _byId = new(StringComparer.Ordinal);

    public FeatureCatalog(IEnumerable<IFeature> features)
    {
        var declared = features.Select(source => new Feature(source)).ToList();
        foreach (var feature in declared)
            if (!_byId.TryAdd(feature.Id, feature))
                throw new FeatureException($"Two features have the id {feature.Id}: {_byId[feature.Id].Source.GetType()} and {feature.Source.GetType()}.");

        All = Order(declared);
        foreach (var feature in All) Check(feature);
        CheckUnique("permission", declared, f => f.Declared.Permissions.Select(p => p.Id));
        CheckUnique("table", declared, f => f.Declared.Tables.Select(t => t.Name));
        CheckUnique("setting", declared, f => f.Declared.Settings.Select(s => s.Name));
        CheckUnique("fact", declared, f => f.Declared.Facts.Select(x => x.Name));
        CheckUnique("fact type", declared, f => f.Declared.Facts.Select(x => x.Type.FullName!));
        CheckUnique("fact handler", declared, f => f.Declared.Handlers.Select(x => x.Name));
        CheckUnique("job", declared, f => f.Declared.Jobs.Select(j => j.Name));
        CheckUnique("recipe step", declared, f => f.Declared.RecipeSteps.Select(s => s.Name.ToLowerInvariant()));
        CheckUnique("theme", declared, f => f.Declared.Themes.Select(t => t.Id));
        CheckUnique("figure", declared, f => f.Declared.Figures.Select(figure => figure.Name));
        CheckUnique("act", declared, f => f.Declared.Acts.Select(a => a.Name));
        CheckUnique("scope", declared, f => f.Declared.Scopes.Select(s => s.Kind));

        var facts = All.SelectMany(f => f.Declared.Facts).ToDictionary(fact => fact.Type);
        foreach (var handler in All.SelectMany(f => f.Declared.Handlers))
            if (!facts.ContainsKey(handler.Fact))
                throw new FeatureException($"Feature {handler.Feature} handles {handler.Fact.Name}, which no feature declares as a fact.");
        Facts = facts;
        Jobs = All.SelectMany(f => f.Declared.Jobs).ToDictionary(job => job.Name);
        Permissions = All.SelectMany(f => f.Declared.Permissions).ToDictionary(permission => permission.Id);
        Tables = [.. All.SelectMany(f => f.Declared.Tables)];
        Schemas = [.. All.Select(f => f.Schema).Where(schema => schema.Migrations.Length > 0)];
        Settings = All.SelectMany(f => f.Declared.Settings).ToDictionary(setting => setting.Name);
        RecipeSteps = All.SelectMany(f => f.Declared.RecipeSteps).ToDictionary(step => step.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Every feature after those that it depends on.</summary>
    public IReadOnlyList<Feature> All { get; }

    public IReadOnlyDictionary<Type, FactInfo> Facts { get; }

    public IReadOnlyDictionary<string, JobInfo> Jobs { get; }

    public IReadOnlyDictionary<string, PermissionInfo> Permissions { get; }

    public IReadOnlyDictionary<string, SettingInfo> Settings { get; }

    public IReadOnlyDictionary<string, RecipeStepInfo> RecipeSteps { get; }

    public IReadOnlyList<Table> Tables { get; }

    /// <summary>All lists of migrations, in the order in which they run.</summary>
    public IReadOnlyList<Schema> Schemas { get; }

    /// <summary>The first segments of all routes, filled when they are mapped: reserved against prefixes of tenants.</summary>
    public IReadOnlySet<string> FirstSegments { get; internal set; } = new HashSet<string>();

    /// <summary>Who may use what has a fixed address, filled when routes are mapped: navigation shows nobody what would turn them away.</summary>
    internal IReadOnlyDictionary<string, AccessAttribute> AccessByPath { get; set; } = new Dictionary<string, AccessAttribute>();

    public Feature? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>
    /// The features that are in force when these are chosen: with what they depend on, what is always on, and the
    /// integrations whose partners are all there. Ids that this host does not know are left out, never fatal: a tenant
    /// may have been served by a newer host.
    /// </summary>
    public IReadOnlyList<Feature> Closure(IEnumerable<string> chosen, bool platform = false)
    {
        var on = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in chosen) Add(id);
        foreach (var feature in All)
            if (feature.Info.AlwaysOn) Add(feature.Id);

        bool grown;
        do
        {
            grown = false;
            foreach (var feature in All)
                if (feature.Info.OnWhenAll is { Length: > 0 } partners && !on.Contains(feature.Id) && partners.All(on.Contains))
                    grown |= Add(feature.Id);
        }
        while (grown);

        return [.. All.Where(feature => on.Contains(feature.Id))];

        bool Add(string id)
        {
            if (Find(id) is not { } feature || feature.Info.PlatformOnly && !platform || !on.Add(id)) return false;
            foreach (var needed in feature.Info.DependsOn) Add(needed);
            return true;
        }
    }

    /// <summary>The features of <paramref name="among"/> that cannot be without <paramref name="id"/>, nearest first.</summary>
    public IReadOnlyList<string> DependentsOf(string id, IEnumerable<string> among)
    {
        var candidates = among.Select(Find).OfType<Feature>().ToList();
        var found = new List<string> { id };
        for (var i = 0; i < found.Count; i++)
            found.AddRange(candidates.Where(f => f.Info.DependsOn.Contains(found[i]) && !found.Contains(f.Id)).Select(f => f.Id));
        return [.. found.Skip(1)];
    }

    private List<Feature> Order(List<Feature> features)
    {
        var ordered = new List<Feature>();
        var path = new List<string>();
        foreach (var feature in features) Visit(feature);
        return ordered;

        void Visit(Feature feature)
        {
            if (ordered.Contains(feature)) return;
            if (path.Contains(feature.Id))
                throw new FeatureException($"Features depend on each other in a circle: {string.Join(" > ", path.SkipWhile(id => id != feature.Id).Append(feature.Id))}.");

            path.Add(feature.Id);
            foreach (var id in feature.Info.DependsOn.Concat(feature.Info.OnWhenAll))
                Visit(Find(id) ?? throw new FeatureException($"Feature {feature.Id} depends on {id}, which this host does not have. Add its module to Modules.cs, or correct the id."));
            foreach (var id in feature.Info.ConflictsWith)
                if (Find(id) is null) throw new FeatureException($"Feature {feature.Id} conflicts with {id}, which this host does not have. Correct the id.");
            path.RemoveAt(path.Count - 1);
            ordered.Add(feature);
        }
    }

    private static void Check(Feature feature)
    {
        var tables = feature.Declared.Tables.ToDictionary(t => t.Name);
        foreach (var migration in feature.Declared.Migrations.Select(m => m.ToString()))
            foreach (var created in CreatesTable().Matches(migration).Select(match => match.Groups[1].Value))
            {
                if (!tables.TryGetValue(created, out var table))
                    throw new FeatureException($"Feature {feature.Id} makes the table {created} and does not declare whose rows it holds. Add f.Table(\"{created}\", ...) to its Declare.");
                if (NamesPerson().Match(migration) is { Success: true } person && table.Person is null)
                    throw new FeatureException($"Table {created} of feature {feature.Id} names a person in {person.Groups[1].Value} and does not say so. Add person: \"{person.Groups[1].Value}\" to its f.Table, and what erasure does.");
            }

        foreach (var item in feature.Declared.Navigation)
            if (Areas.Find(item.Area) is null)
                throw new FeatureException($"Feature {feature.Id} puts \"{item.Text}\" into the area {item.Area}, which there is not. Choose one of {string.Join(", ", Areas.All.Select(area => area.Id))}.");

        foreach (var setting in feature.Declared.Settings)
            if (setting.Type.GetConstructor(Type.EmptyTypes) is null)
                throw new FeatureException($"Setting {setting.Name} of feature {feature.Id} has no defaults.");
    }

    private static void CheckUnique(string what, List<Feature> features, Func<Feature, IEnumerable<string>> names)
    {
        var owners = new Dictionary<string, string>();
        foreach (var feature in features)
            foreach (var name in names(feature))
                if (!owners.TryAdd(name, feature.Id))
                    throw new FeatureException($"Features {owners[name]} and {feature.Id} both declare the {what} {name}.");
    }

    [GeneratedRegex(@"(\w+)\s+UUID[^,]*\sREFERENCES\s+people\b", RegexOptions.IgnoreCase)]
    private static partial Regex NamesPerson();

    [GeneratedRegex(@"CREATE\s+(?:VIRTUAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?""?(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex CreatesTable();
}

/// <summary>A feature is not what its contract asks. Stops the start, naming who and what to do.</summary>
public sealed class FeatureException(string message) : Exception(message);
