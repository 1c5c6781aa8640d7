using ELearning.Data;
using ELearning.Mail.Outbox;
using ELearning.Mail.Setup;
using ELearning.Shells;
using ELearning.Themes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Mail;

/// <summary>Letters to people: queued with the act that causes them, sent by SMTP, or kept in a local outbox.</summary>
public sealed class MailFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Mail", "Mail", "People", "Sends mail, or shows what would have been sent.");

    public void Declare(FeatureBuilder f) => f
        .Setting<MailSettings>("mail")
        .Permission(Permissions.Read, "Mail", "See the letters that the site sends")
        .Permission(Permissions.Manage, "Mail", "Set up the mail server, and send letters again")
        .Act("letter-sent-again", "Letter sent again")
        .Act("test-letter-sent", "Test letter sent")
        .Nav("manage.settings", 40, "Mail", "/manage/settings/mail", permission: Permissions.Read)
        .Job<SendLetters>(SendLetters.Name)
        .Job<SweepLetters>(SweepLetters.Name, Schedule.Daily(new(4, 10)).WhenActive())
        .Table("letters", person: "person_id", personal: ["to_address", "to_key", "subject", "text", "html", "error"], Erase.Remove)
        .Table("letter_address")
        .Schema(
            $"""
            CREATE TABLE letters (
                id                UUID PRIMARY KEY,
                person_id         UUID REFERENCES people (id) ON DELETE CASCADE,
                round             UUID NOT NULL,
                kind              TEXT NOT NULL,
                culture           TEXT NOT NULL,
                to_address        TEXT NOT NULL,
                to_key            TEXT NOT NULL,
                subject           TEXT NOT NULL,
                text              TEXT NOT NULL,
                html              TEXT NOT NULL,
                has_one_time_link BOOLEAN NOT NULL,
                state             TEXT NOT NULL CHECK (state IN ('Queued', 'Sent', 'Kept', 'Failed')),
                attempts          INTEGER NOT NULL,
                next_try_at       TIMESTAMPTZ,
                created_at        TIMESTAMPTZ NOT NULL,
                sent_at           TIMESTAMPTZ,
                error             TEXT,
                CHECK ((state = 'Queued') = (next_try_at IS NOT NULL)))
            """,
            $"CREATE INDEX letters_by_time ON letters (created_at, id)",
            $"CREATE INDEX letters_by_state ON letters (state, id)",
            $"CREATE INDEX letters_by_address ON letters (to_key, id)",
            $"CREATE INDEX letters_by_person ON letters (person_id) WHERE person_id IS NOT NULL",
            $"CREATE INDEX letters_queued ON letters (round, next_try_at, id) WHERE state = 'Queued'",
            $"CREATE TABLE letter_address (id INTEGER PRIMARY KEY CHECK (id = 1), scheme TEXT NOT NULL, port INTEGER NOT NULL)");

    public void AddServices(IServiceCollection services) => services
        .AddSingleton<LastAddress>()
        .AddSingleton<MailServer>()
        .AddScoped<LetterStore>()
        .AddScoped<TrialLetter>()
        .AddScoped(scope => new SiteAddress(
            scope.GetRequiredService<Db>(), scope.GetRequiredService<Tenant>(), scope.GetRequiredService<KernelOptions>(),
            scope.GetRequiredService<IHttpContextAccessor>(), scope.GetRequiredService<LastAddress>()))
        .AddScoped(scope => new Post(
            scope.GetRequiredService<Db>(), scope.GetRequiredService<MailSettings>(), scope.GetRequiredService<SiteAddress>(),
            scope.GetRequiredService<Tenant>(), scope.GetRequiredService<Brand>(), scope.GetRequiredService<Jobs>(), scope.GetRequiredService<TimeProvider>()));

    public void MapEndpoints(IEndpointRouteBuilder routes) =>
        routes.MapGet("/manage/settings/mail/{id:guid}/html", ShowHtml.HandleAsync).Requires(Permissions.Read);

    public static class Permissions
    {
        public const string Read = "mail.read";
        public const string Manage = "mail.manage";
    }
}
