using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace ELearning;

/// <summary>One deliberately bad module for each rule that a start must enforce, with what the refusal has to name.</summary>
public static class BadModules
{
    /// <param name="Rule">What the module breaks: the test's name for it.</param>
    /// <param name="Says">What the message must contain: who is wrong, and with what.</param>
    public sealed record Case(string Rule, IFeature[] Modules, string[] Says)
    {
        public override string ToString() => Rule;
    }

    public static readonly Case[] All =
    [
        new("ids are unique", [new Module("A"), new Module("A")], ["Two features have the id A"]),
        new("what it depends on is there", [new Module("A") { DependsOn = ["Nowhere"] }], ["A depends on Nowhere", "Modules.cs"]),
        new("what it joins is there", [new Module("A") { OnWhenAll = ["Nowhere"] }], ["A depends on Nowhere"]),
        new("what it conflicts with is there", [new Module("A") { ConflictsWith = ["Nowhere"] }], ["A conflicts with Nowhere"]),
        new("no circle", [new Module("A") { DependsOn = ["B"] }, new Module("B") { DependsOn = ["C"] }, new Module("C") { DependsOn = ["A"] }], ["A > B > C > A"]),
        new("every table says whose rows it holds", [new Module("A", f => f.Schema($"CREATE TABLE loose (id UUID PRIMARY KEY)"))], ["Feature A", "table loose", "f.Table(\"loose\""]),
        new("a table that names a person says so", [new Module("A", f => f.Table("loose").Schema($"CREATE TABLE loose (id UUID PRIMARY KEY, writer UUID NOT NULL REFERENCES people (id))"))], ["loose of feature A", "person: \"writer\""]),
        new("a table belongs to one feature", [new Module("A", f => f.Table("t")), new Module("B", f => f.Table("t"))], ["A and B", "table t"]),
        new("a permission belongs to one feature", [new Module("A", f => f.Permission("p", "g", "t")), new Module("B", f => f.Permission("p", "g", "t"))], ["A and B", "permission p"]),
        new("an item stands in an area that there is", [new Module("A", f => f.Nav("nowhere", 1, "Item", "/item"))], ["Feature A", "Item", "area nowhere", "manage.people"]),
        new("a fact's name is its own", [new Module("A", f => f.Fact<FactA>("x", 1, _ => default)), new Module("B", f => f.Fact<FactB>("x", 1, _ => default))], ["A and B", "fact x"]),
        new("a handled fact is declared", [new Module("A", f => f.On<FactA, HandlesA>())], ["A handles FactA", "no feature declares"]),
        new("a job's name is its own", [new Module("A", f => f.Job<NoJob>("j")), new Module("B", f => f.Job<NoJob>("j"))], ["A and B", "job j"]),
        new("a route says who may use it", [new Module("A", routes: r => r.MapGet("/open", () => "x"))], ["/open"]),
        new("a required permission is declared", [new Module("A", routes: r => r.MapGet("/guarded", () => "x").Requires("nowhere.declared"))], ["/guarded", "nowhere.declared"]),
        new("a route belongs to one feature", [new Module("A", routes: r => r.MapGet("/mine/{id}", (string id) => id).Public("test")), new Module("B", routes: r => r.MapGet("/mine/{slug}", (string slug) => slug).Public("test"))], ["A and B", "/mine/{slug}"]),
    ];

    private sealed record FactA(Guid Id);

    private sealed record FactB(Guid Id);

    private sealed class HandlesA : IFactHandler<FactA>
    {
        public Task HandleAsync(FactA fact, CancellationToken ct) => Task.CompletedTask;
    }

    private sealed class NoJob : IJob
    {
        public Task RunAsync(JobRun run, CancellationToken ct) => Task.CompletedTask;
    }

    private sealed class Module(string id, Action<FeatureBuilder>? declare = null, Action<IEndpointRouteBuilder>? routes = null) : IFeature
    {
        public string[] DependsOn { get; init; } = [];

        public string[] OnWhenAll { get; init; } = [];

        public string[] ConflictsWith { get; init; } = [];

        public FeatureInfo Info => new(id, id, "Bad", "Breaks a rule.") { DependsOn = DependsOn, OnWhenAll = OnWhenAll, ConflictsWith = ConflictsWith };

        public void Declare(FeatureBuilder f) => declare?.Invoke(f);

        public void MapEndpoints(IEndpointRouteBuilder builder) => routes?.Invoke(builder);
    }
}
