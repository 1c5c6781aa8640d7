using ELearning.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>A product's worth of modules: 25 modules of two features, each with services, routes, permissions and a table.</summary>
internal static class GeneratedModules
{
    public static readonly IFeature[] All = [.. Modules.All, new ThreeMigrations(), .. Enumerable.Range(0, 50).Select(i => new Generated(i))];

    /// <summary>What a tenant of the benchmarks has on: the example and 36 of the 50.</summary>
    public static readonly string[] On = ["Hello", .. Enumerable.Range(0, 36).Select(i => $"Generated{i}")];

    private sealed class Generated(int number) : IFeature
    {
        public FeatureInfo Info { get; } = new($"Generated{number}", $"Generated {number}", "Generated", "One of many.")
        {
            DependsOn = number % 2 == 1 ? [$"Generated{number - 1}"] : [],
        };

        public void Declare(FeatureBuilder f)
        {
            f.Permission($"generated.read{number}".Replace('0', 'o').Replace('1', 'i') + "x", "Generated", "Read").Nav("learn.home", number, $"Generated {number}", $"/generated/{number}/0");
            f.Table($"generated_{number}", export: 50).Schema(Sql.Trusted($"CREATE TABLE generated_{number} (id UUID PRIMARY KEY, text TEXT NOT NULL)"));
        }

        public void AddServices(IServiceCollection services)
        {
            for (var i = 0; i < 8; i++) services.AddKeyedScoped<Store>($"{number}/{i}", (provider, _) => new Store(provider.GetRequiredService<Db>()));
        }

        public void MapEndpoints(IEndpointRouteBuilder routes)
        {
            for (var i = 0; i < 20; i++) routes.MapGet($"/generated/{number}/{i}", () => "generated").Public("A benchmark's route.");
        }

        private sealed class Store(Db db)
        {
            public Db Db => db;
        }
    }

    private sealed class ThreeMigrations : IFeature
    {
        public FeatureInfo Info { get; } = new("ThreeMigrations", "Three migrations", "Generated", "Is switched on and off.");

        public void Declare(FeatureBuilder f) => f.Table("three_migrations", export: 60).Schema(
            $"CREATE TABLE three_migrations (id UUID PRIMARY KEY, text TEXT NOT NULL)",
            $"ALTER TABLE three_migrations ADD COLUMN at TIMESTAMPTZ",
            $"CREATE INDEX three_migrations_by_time ON three_migrations (at)");

        public void MapEndpoints(IEndpointRouteBuilder routes) => routes.MapGet("/three", () => "three").Public("A benchmark's route.");
    }
}
