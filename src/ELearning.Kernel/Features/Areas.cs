namespace ELearning;

/// <summary>An entry of the rail. It is there for whoever may use at least one of the items that features put into it.</summary>
/// <param name="Id">Persona and area, as <c>f.Nav</c> names it: <c>manage.people</c>.</param>
/// <param name="Text">A resource key of the layout's texts.</param>
/// <param name="Foot">Stands at the foot of the rail, apart from the at most seven others.</param>
public sealed record Area(string Id, string Text, string Icon, bool Foot = false)
{
    public string Persona => Id[..Id.IndexOf('.')];
}

/// <summary>
/// The personas and their areas, at most seven each, the same in every tenant: people find their way because these do
/// not move. Features add items to an area, never an area.
/// </summary>
public static class Areas
{
    public static readonly (string Id, string Text)[] Personas = [("learn", "Learn"), ("teach", "Teach"), ("manage", "Manage"), ("platform", "Platform")];

    public const string Account = "account.own";

    public static readonly Area[] All =
    [
        new("learn.home", "Home", Icon: "house"),
        new("learn.learning", "My learning", Icon: "book-open"),
        new("learn.catalogue", "Catalogue", Icon: "compass"),
        new("learn.calendar", "Calendar", Icon: "calendar"),
        new("learn.community", "Community", Icon: "messages-square"),
        new("learn.achievements", "Achievements", Icon: "award"),
        new("learn.messages", "Messages", Icon: "mail"),

        new("teach.overview", "Overview", Icon: "layout-dashboard"),
        new("teach.courses", "Courses", Icon: "book-open"),
        new("teach.library", "Library", Icon: "library"),
        new("teach.grading", "Grading", Icon: "clipboard-check"),
        new("teach.learners", "Learners", Icon: "users"),
        new("teach.analytics", "Analytics", Icon: "chart-column"),
        new("teach.earnings", "Earnings", Icon: "coins"),

        new("manage.dashboard", "Dashboard", Icon: "layout-dashboard"),
        new("manage.people", "People", Icon: "users"),
        new("manage.learning", "Learning", Icon: "graduation-cap"),
        new("manage.engagement", "Engagement", Icon: "trophy"),
        new("manage.commerce", "Commerce", Icon: "shopping-bag"),
        new("manage.reports", "Reports", Icon: "chart-column"),
        new("manage.site", "Site", Icon: "palette"),
        new("manage.settings", "Settings", Icon: "settings", Foot: true),

        new("platform.tenants", "Tenants", Icon: "building-2"),
        new("platform.plans", "Plans", Icon: "layers"),
        new("platform.features", "Features", Icon: "toggle-right"),
        new("platform.recipes", "Recipes", Icon: "scroll-text"),
        new("platform.jobs", "Jobs", Icon: "list-checks"),
        new("platform.health", "Health", Icon: "activity"),
        new("platform.audit", "Audit", Icon: "shield-check"),

        // Of no persona: what people do with their own account, in the menu behind their picture and as tabs on its pages.
        new(Account, "Your account", Icon: "circle-user"),
    ];

    public static Area? Find(string id) => All.FirstOrDefault(area => area.Id == id);
}
