using ELearning.Accounts;
using ELearning.BaseTheme;
using ELearning.CampusTheme;
using ELearning.Hello;
using ELearning.Mail;
using ELearning.Platform;
using ELearning.SiteAdmin;
using ELearning.StudioTheme;

namespace ELearning;

/// <summary>What this host can do. A module is here, or it is not: nothing is found by scanning.</summary>
public static class Modules
{
    public static readonly IFeature[] All =
    [
        new BaseThemeFeature(),
        new CampusThemeFeature(),
        new StudioThemeFeature(),
        new SiteAdminFeature(),
        new MailFeature(),
        new AccountsFeature(),
        new PlatformFeature(),
        new SiteFeaturesFeature(),
        new HelloFeature(),
    ];
}
