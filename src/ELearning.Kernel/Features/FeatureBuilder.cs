using ELearning.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>Collects what a feature declares. Texts are resource keys, the English text being the key.</summary>
public sealed class FeatureBuilder(string feature)
{
    internal List<Sql> Migrations { get; } = [];
    internal int? Compatible { get; private set; }
    internal List<Table> Tables { get; } = [];
    internal List<string> Trashed { get; } = [];
    internal List<PermissionInfo> Permissions { get; } = [];
    internal List<SettingInfo> Settings { get; } = [];
    internal List<NavItem> Navigation { get; } = [];
    internal List<ZoneItem> Zones { get; } = [];
    internal List<ThemeInfo> Themes { get; } = [];
    internal List<FactInfo> Facts { get; } = [];
    internal List<HandlerInfo> Handlers { get; } = [];
    internal List<JobInfo> Jobs { get; } = [];
    internal List<RecipeStepInfo> RecipeSteps { get; } = [];
    internal List<Type> Searches { get; } = [];
    internal List<Figure> Figures { get; } = [];
    internal List<ScopeInfo> Scopes { get; } = [];
    internal List<ActInfo> Acts { get; } = [];

    /// <summary>Tables and their changes, one statement an entry. Append, never edit.</summary>
    public FeatureBuilder Schema(params Sql[] migrations)
    {
        Migrations.AddRange(migrations);
        return this;
    }

    /// <summary>
    /// Hosts whose list is at least this long can run on these tables. Without it, those can that have all but additions;
    /// say it when a drop follows the release that stopped using what is dropped.
    /// </summary>
    public FeatureBuilder CompatibleFrom(int version)
    {
        Compatible = version;
        return this;
    }

    /// <summary>Whose rows a table holds, and what becomes of them when that person is erased. A table without this stops the start.</summary>
    /// <param name="export">Its place in an export, after the tables that it references; 0 when its rows can be made anew.</param>
    public FeatureBuilder Table(string name, string? person = null, string[]? personal = null, Erase erase = Erase.Keep, int export = 0)
    {
        Tables.Add(new(name, feature, person, personal ?? [], erase, export));
        return this;
    }

    /// <summary>Rows with <c>trashed_at</c> more than 30 days ago are removed for good, and with them what their foreign keys cascade to.</summary>
    public FeatureBuilder Trash(string table)
    {
        Trashed.Add(table);
        return this;
    }

    /// <param name="byHand">Not granted to Administrator by itself when the feature is enabled.</param>
    /// <param name="roles">Shipped roles that have it from the beginning beside Administrator, as <see cref="Roles.Instructor"/>.</param>
    public FeatureBuilder Permission(string id, string group, string text, bool byHand = false, params Guid[] roles)
    {
        Permissions.Add(new(id, feature, group, text, byHand, roles));
        return this;
    }

    /// <summary>A record of settings; its defaults are those of <c>new T()</c>, its rules are annotations.</summary>
    public FeatureBuilder Setting<T>(string name) where T : class, new()
    {
        Settings.Add(new(name, feature, typeof(T)));
        return this;
    }

    /// <param name="area">One of <see cref="Areas"/>.</param>
    /// <param name="badge">Names a <see cref="Figure"/> shown beside the item.</param>
    public FeatureBuilder Nav(string area, int order, string text, string page, string? permission = null, string? badge = null)
    {
        Navigation.Add(new(feature, area, order, text, page, permission, badge));
        return this;
    }

    /// <summary>Puts a view component on other modules' pages, where they name the zone.</summary>
    public FeatureBuilder Zone<T>(string zone, int order) where T : ViewComponent
    {
        Zones.Add(new(feature, zone, order, typeof(T)));
        return this;
    }

    public FeatureBuilder Theme(string id, string? basedOn = null)
    {
        Themes.Add(new(id, feature, basedOn));
        return this;
    }

    /// <summary>The name under which a fact is stored for years, its version, and what it is about: facts about one subject keep their order.</summary>
    public FeatureBuilder Fact<TFact>(string name, int version, Func<TFact, (string Kind, Guid Id)> subject) where TFact : notnull
    {
        Facts.Add(new(name, version, feature, typeof(TFact), fact => subject((TFact)fact)));
        return this;
    }

    /// <param name="name">Under which deliveries are remembered; the feature and fact when left out. Never changes.</param>
    public FeatureBuilder On<TFact, THandler>(string? name = null) where TFact : notnull where THandler : class, IFactHandler<TFact>
    {
        var create = ActivatorUtilities.CreateFactory<THandler>([]);
        Handlers.Add(new(name ?? $"{feature}/{typeof(THandler).Name}", feature, typeof(TFact),
            (services, fact, ct) => create(services, []).HandleAsync((TFact)fact, ct),
            typeof(IBackfill).IsAssignableFrom(typeof(THandler)) ? (services, ct) => ((IBackfill)create(services, [])).BackfillAsync(ct) : null));
        return this;
    }

    /// <summary>Work in the background, on a schedule or when asked for.</summary>
    public FeatureBuilder Job<T>(string name, Schedule? schedule = null) where T : class, IJob
    {
        var create = ActivatorUtilities.CreateFactory<T>([]);
        Jobs.Add(new(name, feature, schedule, services => create(services, [])));
        return this;
    }

    /// <param name="takes">The step's properties beside its name.</param>
    public FeatureBuilder RecipeStep<T>(string name, Shape takes, StepLevel level = StepLevel.Tenant) where T : class, IRecipeStep
    {
        var create = ActivatorUtilities.CreateFactory<T>([]);
        RecipeSteps.Add(new(name, feature, takes, level, typeof(IRecipeWriter).IsAssignableFrom(typeof(T)), services => create(services, [])));
        return this;
    }

    /// <summary>Joins the search box.</summary>
    public FeatureBuilder Search<T>() where T : class, ISearchSource
    {
        Searches.Add(typeof(T));
        return this;
    }

    /// <summary>One number that the platform's table of tenants shows.</summary>
    public FeatureBuilder Figure(string name, Sql sql)
    {
        Figures.Add(new(name, feature, sql));
        return this;
    }

    /// <summary>What an act of the audit trail is called: "role-assigned" is "Role given". An act without this shows by its name.</summary>
    public FeatureBuilder Act(string name, string text)
    {
        Acts.Add(new(name, feature, text));
        return this;
    }

    /// <summary>Teaches the kernel a kind of scope ("course") that permissions can be limited to.</summary>
    public FeatureBuilder Scope<T>(string kind) where T : class, IScopeResolver
    {
        Scopes.Add(new(kind, feature, typeof(T)));
        return this;
    }
}

public sealed record PermissionInfo(string Id, string Feature, string Group, string Text, bool ByHand, IReadOnlyList<Guid> Roles);

public sealed record SettingInfo(string Name, string Feature, Type Type);

public sealed record NavItem(string Feature, string Area, int Order, string Text, string Page, string? Permission, string? Badge);

public sealed record ZoneItem(string Feature, string Zone, int Order, Type Component);

public sealed record ThemeInfo(string Id, string Feature, string? BasedOn);

public sealed record FactInfo(string Name, int Version, string Feature, Type Type, Func<object, (string Kind, Guid Id)> Subject);

public sealed record HandlerInfo(
    string Name, string Feature, Type Fact, Func<IServiceProvider, object, CancellationToken, Task> Invoke,
    Func<IServiceProvider, CancellationToken, Task>? Backfill);

public sealed record JobInfo(string Name, string Feature, Schedule? Schedule, Func<IServiceProvider, IJob> Create);

public sealed record RecipeStepInfo(
    string Name, string Feature, Shape Takes, StepLevel Level, bool Writes, Func<IServiceProvider, IRecipeStep> Create);

public sealed record Figure(string Name, string Feature, Sql Sql);

public sealed record ScopeInfo(string Kind, string Feature, Type Resolver);

public sealed record ActInfo(string Name, string Feature, string Text);
