using ELearning.Data;
using ELearning.Web;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.SiteAdmin;

/// <summary>What an administrator chooses for the whole site: how it looks, and the settings of all features.</summary>
public sealed class SiteAdminFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Site", "Site", "Site", "Theme, brand and settings of the site.") { AlwaysOn = true, DependsOn = ["Brand", "Audit", "Security"] };

    public void Declare(FeatureBuilder f) => f
        .Permission(Permissions.Manage, "Site", "Choose theme, logo and colours of the site")
        .Permission(Permissions.Settings, "Site", "Change settings of the site")
        .Nav("manage.site", 10, "Theme", "/manage/site/theme", Permissions.Manage)
        .Nav("manage.settings", 10, "General", "/manage/settings", Permissions.Settings)
        .Act("look-changed", "Look of the site changed")
        .Act("site-changed", "Name, language, zone or home of the site changed")
        .Zone<Theme.PreviewBar>(Zones.PageTop, 10)
        .Table("look_changes", person: "person_id", erase: Erase.Pseudonymise, export: 30)
        .Schema(
            $"""
            CREATE TABLE look_changes (
                id        UUID PRIMARY KEY,
                at        TIMESTAMPTZ NOT NULL,
                person_id UUID REFERENCES people (id),
                before    TEXT NOT NULL)
            """,
            $"CREATE INDEX look_changes_by_time ON look_changes (at, id)");

    public void AddServices(IServiceCollection services) => services.AddScoped<Theme.SiteLook>().AddScoped<Theme.BrandFiles>().AddScoped<Settings.SiteSettingsList>();

    public static class Permissions
    {
        public const string Manage = "site.manage";
        public const string Settings = "settings.manage";
    }
}
