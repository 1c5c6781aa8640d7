using ELearning.Data;
using ELearning.Security;
using ELearning.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Accounts;

/// <summary>Who people are: signing in and up, profiles, the people of a site, their roles, and what was done.</summary>
public sealed class AccountsFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Accounts", "Accounts", "People", "People sign in, administrators say who may do what.") { DependsOn = ["Mail"] };

    public void Declare(FeatureBuilder f) => f
        .Permission(PeoplePermissions.Read, "People", "See the people of the site", roles: ELearning.Roles.Manager)
        .Permission(PeoplePermissions.Manage, "People", "Add, invite and suspend people")
        .Permission(PeoplePermissions.ActAs, "People", "Act as a person who may do no more than oneself", byHand: true)
        .Act("role-code-changed", "Sign-in code of a role changed")
        .Act("person-added", "Person added")
        .Act("person-invited", "Person invited")
        .Act("invitation-withdrawn", "Invitation withdrawn")
        .Act("person-suspended", "Person suspended")
        .Act("person-resumed", "Person let back in")
        .Act("person-trashed", "Person moved to the trash")
        .Act("person-restored", "Person restored from the trash")
        .Act("sessions-ended", "Sessions ended")
        .Act("people-imported", "People imported")
        .Act("profile-changed", "Own profile changed")
        .Act("picture-changed", "Own picture changed")
        .Act("picture-removed", "Own picture removed")
        .Act("acting-begun", "Began to act for a person")
        .Act("acting-stopped", "Stopped acting for a person")
        .Search<SearchPeople>()
        .Zone<ActingBanner>(Zones.PageTop, 10)
        .Nav("learn.home", 10, "Home", "/home")
        .Nav("manage.dashboard", 10, "Dashboard", "/manage", permission: PeoplePermissions.Read)
        .Nav("manage.people", 10, "People", "/manage/people", permission: PeoplePermissions.Read)
        .Nav("manage.people", 20, "Invitations", "/manage/people/invite", permission: PeoplePermissions.Manage)
        .Nav("manage.people", 30, "Roles", "/manage/people/roles", permission: ELearning.Roles.ManagePermission)
        .Nav("manage.people", 40, "Why?", "/manage/people/why", permission: ELearning.Roles.ManagePermission)
        .Nav(Areas.Account, 10, "Profile", "/account/profile")
        .Nav("manage.reports", 90, "Audit", "/manage/reports/audit", permission: Audit.ReadPermission)
        .Act("signed-in", "Signed in")
        .Act("password-changed", "Changed a password")
        .Act("authenticator-set-up", "Set up an authenticator for signing in")
        .Act("authenticator-removed", "Removed the authenticator")
        .Act("recovery-code-used", "Used a recovery code")
        .Setting<AccountSettings>("accounts")
        .RecipeStep<PeopleStep>("people", PeopleStep.Takes)
        .Job<SweepAccounts>(SweepAccounts.Name, Schedule.Daily(new(3, 20)).WhenActive())
        .Table("accounts", person: "person_id", personal: ["email", "email_key"], Erase.Remove, export: 5)
        .Table("recovery_codes", person: "person_id", erase: Erase.Remove, export: 6)
        .Table("one_time_tokens", person: "person_id", personal: ["email", "email_key", "display_name"], Erase.Remove)
        .Table("pictures", person: "person_id", erase: Erase.Remove, export: 7)
        .Table("sign_in_failures")
        .Table("role_requirements", export: 5)
        .Table("suspensions", person: "person_id", personal: ["reason"], Erase.Remove, export: 5)
        .Schema(
            $"""
            CREATE TABLE accounts (
                person_id            UUID PRIMARY KEY REFERENCES people (id),
                email                TEXT NOT NULL,
                email_key            TEXT NOT NULL UNIQUE,
                password_hash        TEXT,
                must_change_password BOOLEAN NOT NULL,
                confirmed_at         TIMESTAMPTZ,
                added_at             TIMESTAMPTZ NOT NULL,
                signed_in_at         TIMESTAMPTZ,
                totp_secret          TEXT,
                totp_since           TIMESTAMPTZ,
                totp_step            BIGINT NOT NULL DEFAULT 0)
            """,
            $"""
            CREATE TABLE recovery_codes (
                person_id UUID NOT NULL REFERENCES people (id),
                code_hash TEXT NOT NULL,
                used_at   TIMESTAMPTZ,
                PRIMARY KEY (person_id, code_hash))
            """,
            $"""
            CREATE TABLE one_time_tokens (
                token_hash   TEXT PRIMARY KEY,
                purpose      TEXT NOT NULL,
                person_id    UUID REFERENCES people (id),
                email        TEXT NOT NULL,
                email_key    TEXT NOT NULL,
                display_name TEXT NOT NULL,
                issued_at    TIMESTAMPTZ NOT NULL,
                expires_at   TIMESTAMPTZ NOT NULL,
                used_at      TIMESTAMPTZ)
            """,
            $"CREATE INDEX one_time_tokens_by_address ON one_time_tokens (email_key, issued_at)",
            $"CREATE INDEX one_time_tokens_by_person ON one_time_tokens (person_id)",
            $"CREATE INDEX one_time_tokens_by_end ON one_time_tokens (expires_at)",
            // By hashes of addresses, of mail and of networks, whether or not anybody has an account there.
            $"""
            CREATE TABLE sign_in_failures (
                key      TEXT PRIMARY KEY,
                failures INTEGER NOT NULL,
                last_at  TIMESTAMPTZ NOT NULL,
                free_at  TIMESTAMPTZ NOT NULL)
            """,
            $"CREATE INDEX sign_in_failures_by_time ON sign_in_failures (last_at)",
            $"CREATE TABLE role_requirements (role_id UUID PRIMARY KEY, totp BOOLEAN NOT NULL)",
            $"""
            CREATE TABLE suspensions (
                person_id UUID PRIMARY KEY REFERENCES people (id),
                reason    TEXT NOT NULL,
                by_id     UUID NOT NULL,
                at        TIMESTAMPTZ NOT NULL)
            """,
            $"CREATE TABLE pictures (person_id UUID PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE, hash TEXT NOT NULL, bytes BYTEA NOT NULL)",
            $"CREATE INDEX pictures_by_hash ON pictures (hash)")
        .DeclareImport();

    public void AddServices(IServiceCollection services)
    {
        services.AddSingleton(new SignInPage("/sign-in") { SignOut = "/sign-out" });
        services.AddScoped<Credentials>();
        services.AddScoped<AddPerson>();
        services.AddScoped<OneTimeTokens>();
        services.AddScoped<SignInFailures>();
        services.AddScoped<SigningIn>();
        services.AddScoped<SignInCookies>();
        services.AddScoped<PasswordRules>();
        services.AddScoped<ChosenPassword>();
        services.AddScoped<Arrivals>();
        services.AddScoped<Authenticators>();
        services.AddScoped<OwnSecurity>();
        services.AddScoped<RoleTexts>();
        services.AddScoped<AuditTrail>();
        services.AddScoped<FindPeople>();
        services.AddScoped<PersonChoice>();
        services.AddScoped<PersonTexts>();
        services.AddScoped<PeopleStore>();
        services.AddScoped<ChangePeople>();
        services.AddScoped<GiveRoles>();
        services.AddScoped<Invitations>();
        services.AddScoped<ActAs>();
        services.AddScoped<Pictures>();
        services.AddScoped<ImportStore>();
        services.AddScoped<ImportRoles>();
        services.AddScoped<ImportWords>();
    }

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/manage/reports/audit.csv", ExportAudit.CsvAsync).Requires(Audit.ReadPermission);
        routes.MapGet("/manage/reports/audit.ndjson", ExportAudit.NdjsonAsync).Requires(Audit.ReadPermission);
        routes.MapGet("/pictures/{hash:length(64)}", Pictures.ShowAsync).SignedIn();
        routes.MapGet("/manage/people/import/{id:guid}/report.csv", ImportReport.HandleAsync).Requires(PeoplePermissions.Manage);
    }
}
