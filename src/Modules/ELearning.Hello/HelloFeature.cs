using ELearning.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Hello;

/// <summary>The example: a page, a form, tables, a permission, a fact with its handler, settings and a job, all small.</summary>
public sealed class HelloFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Hello", "Hello", "Examples", "A guest book: visitors leave a greeting, and everybody reads it.");

    public void Declare(FeatureBuilder f) => f
        .Setting<HelloSettings>("hello")
        .Permission(Permissions.Moderate, "Hello", "Take a greeting out of the guest book", roles: Roles.Instructor)
        .Nav("learn.community", 90, "Guest book", "/hello")
        .Figure("greetings", $"SELECT COUNT(*) FROM greetings")
        .Fact<GreetingLeft>("greeting-left", version: 1, subject: fact => ("greeting", fact.Id))
        .On<GreetingLeft, CountGreeting>()
        .Job<TidyGuestBook>(TidyGuestBook.Name, Schedule.Daily(new(3, 40)))
        .Table("greetings", person: "person_id", personal: ["name", "text"], Erase.Pseudonymise, export: 20)
        .Table("greeting_counts", export: 21)
        .Schema(
            $"""
            CREATE TABLE greetings (
                id        UUID PRIMARY KEY,
                person_id UUID REFERENCES people (id),
                name      TEXT NOT NULL,
                text      TEXT NOT NULL,
                left_at   TIMESTAMPTZ NOT NULL)
            """,
            $"CREATE INDEX greetings_by_time ON greetings (left_at, id)",
            $"CREATE TABLE greeting_counts (day DATE PRIMARY KEY, greetings INTEGER NOT NULL)");

    public void AddServices(IServiceCollection services) => services.AddScoped<GuestBook>();

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/hello/greetings", ListGreetings.HandleAsync).Public("A guest book is read by everybody.");
        routes.MapDelete("/hello/greetings/{id:guid}", RemoveGreeting.HandleAsync).Requires(Permissions.Moderate);
    }

    public static class Permissions
    {
        public const string Moderate = "hello.moderate";
    }
}
