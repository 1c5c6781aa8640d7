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

    public static readonly Area[] All =
    [
        new("learn.home", "Home", "house"),
        new("learn.learning", "My learning", "book-open"),
        new("learn.catalogue", "Catalogue", "compass"),
        new("learn.calendar", "Calendar", "calendar"),
        new("learn.community", "Community", "messages-square"),
        new("learn.achievements", "Achievements", "award"),
        new("learn.messages", "Messages", "mail"),

        new("teach.overview", "Overview", "layout-dashboard"),
        new("teach.courses", "Courses", "book-open"),
        new("teach.library", "Library", "library"),
        new("teach.grading", "Grading", "clipboard-check"),
        new("teach.learners", "Learners", "users"),
        new("teach.analytics", "Analytics", "chart-column"),
        new("teach.earnings", "Earnings", "coins"),

        new("manage.dashboard", "Dashboard", "layout-dashboard"),
        new("manage.people", "People", "users"),
        new("manage.learning", "Learning", "graduation-cap"),
        new("manage.engagement", "Engagement", "trophy"),
        new("manage.commerce", "Commerce", "shopping-bag"),
        new("manage.reports", "Reports", "chart-column"),
        new("manage.site", "Site", "palette"),
        new("manage.settings", "Settings", "settings", Foot: true),

        new("platform.tenants", "Tenants", "building-2"),
        new("platform.plans", "Plans", "layers"),
        new("platform.features", "Features", "toggle-right"),
        new("platform.recipes", "Recipes", "scroll-text"),
        new("platform.jobs", "Jobs", "list-checks"),
        new("platform.health", "Health", "activity"),
        new("platform.audit", "Audit", "shield-check"),
    ];

    public static Area? Find(string id) => All.FirstOrDefault(area => area.Id == id);
}
