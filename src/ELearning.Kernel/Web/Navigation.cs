using ELearning.Shells;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Localization;

namespace ELearning.Web;

/// <summary>What whoever asks may go to, and where they are. It comes from features and permissions; layouts only draw it.</summary>
public sealed class Navigation
{
    private readonly Shell _shell;
    private readonly FeatureCatalog _catalog;
    private readonly Permissions _permissions;
    private readonly Actor _actor;
    private readonly Site _site;
    private readonly FeaturesInForce _texts;
    private readonly IStringLocalizer<KernelTexts> _own;
    private Task<Menu>? _menu;

    internal Navigation(Shell shell, FeatureCatalog catalog, Permissions permissions, Actor actor, Site site, FeaturesInForce texts, IStringLocalizer<KernelTexts> own) =>
        (_shell, _catalog, _permissions, _actor, _site, _texts, _own) = (shell, catalog, permissions, actor, site, texts, own);

    /// <summary>Read once a request. Costs no statement where a person's roles are remembered, as they are after the first request.</summary>
    public Task<Menu> ReadAsync(HttpContext http) => _menu ??= MakeAsync(http);

    private async Task<Menu> MakeAsync(HttpContext http)
    {
        var items = new List<NavItem>();
        foreach (var item in _shell.Navigation)
            if (await MayUseAsync(item, http.RequestAborted)) items.Add(item);

        var path = http.Request.Path.Value is { Length: > 1 } asked ? asked.TrimEnd('/') : "/";
        var here = items.Where(item => Holds(item.Page, path)).MaxBy(item => item.Page.Length);
        var persona = Remember(http, here is null ? null : Areas.Find(here.Area)!.Persona, items);

        // One that is in no area, as the door of a shop, is nowhere in the rail.
        var byArea = items.ToLookup(item => item.Area);
        var areas = Areas.All.Where(area => area.Persona == persona && byArea.Contains(area.Id)).ToList();
        return new()
        {
            Personas = [.. from one in Areas.Personas
                           let first = Areas.All.FirstOrDefault(area => area.Persona == one.Id && byArea.Contains(area.Id))
                           where first is not null
                           select new MenuLink(_own[one.Text], _site.Address(byArea[first.Id].First().Page), null, one.Id == persona ? "true" : null)],
            Areas = [.. areas.Where(area => !area.Foot).Select(Link)],
            Foot = [.. areas.Where(area => area.Foot).Select(Link)],
            Tabs = here is not null && IsAt(here.Page, path) && byArea[here.Area].Count() > 1 ? [.. byArea[here.Area].Select(Item)] : [],
            Account = [.. byArea[Areas.Account].Select(Item)],
            All = [.. items.Where(item => item.Area != Areas.Account).Select(item => Item(item) with { Where = WhereIs(Areas.Find(item.Area)!) })],
        };

        MenuLink Link(Area area) => new(
            _own[area.Text], _site.Address(byArea[area.Id].First().Page), area.Icon,
            here?.Area != area.Id ? null : IsAt(byArea[area.Id].First().Page, path) ? "page" : "true");

        string WhereIs(Area area) => $"{_own[Areas.Personas.First(one => one.Id == area.Persona).Text]} · {_own[area.Text]}";

        MenuLink Item(NavItem item) => new(
            _texts.Text(item.Feature, item.Text), _site.Address(item.Page), Areas.Find(item.Area)!.Icon, item != here ? null : IsAt(item.Page, path) ? "page" : "true");
    }

    private async ValueTask<bool> MayUseAsync(NavItem item, CancellationToken ct)
    {
        var rule = _catalog.AccessByPath.GetValueOrDefault(item.Page);
        if (rule is SignedInAttribute && !_actor.IsSignedIn) return false;
        var permission = item.Permission ?? (rule as RequiresAttribute)?.Permission;
        return permission is null || _actor.IsSignedIn && (await _permissions.DecideAsync(_actor, permission, Scope.Tenant, ct)).Allowed;
    }

    private static bool Holds(string page, string path) =>
        IsAt(page, path) || page != "/" && path.Length > page.Length && path.StartsWith(page, StringComparison.OrdinalIgnoreCase) && path[page.Length] == '/';

    private static bool IsAt(string page, string path) => string.Equals(page, path, StringComparison.OrdinalIgnoreCase);

    // A page of no persona - one's own profile, say - leaves the rail as it was.
    private string? Remember(HttpContext http, string? persona, List<NavItem> items)
    {
        var name = $".el-persona-{_shell.Tenant.Key}";
        var before = http.Request.Cookies[name];
        if (Areas.Personas.Any(one => one.Id == persona))
        {
            if (_actor.IsSignedIn && persona != before && !http.Response.HasStarted)
                http.Response.Cookies.Append(name, persona!, new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, Path = _site.Home, IsEssential = true });
            return persona;
        }

        var offered = Areas.Personas.Select(one => one.Id).Where(one => items.Any(item => Areas.Find(item.Area)!.Persona == one)).ToList();
        return before is not null && offered.Contains(before) ? before : offered.FirstOrDefault();
    }
}

/// <summary>The navigation of one page for one person.</summary>
public sealed record Menu
{
    /// <summary>As what one can be here; nothing to choose when there is only one.</summary>
    public required IReadOnlyList<MenuLink> Personas { get; init; }

    public required IReadOnlyList<MenuLink> Areas { get; init; }

    public required IReadOnlyList<MenuLink> Foot { get; init; }

    /// <summary>The items of the area that one is in, when it has more than one.</summary>
    public required IReadOnlyList<MenuLink> Tabs { get; init; }

    public required IReadOnlyList<MenuLink> Account { get; init; }

    /// <summary>Every screen of every persona.</summary>
    public required IReadOnlyList<MenuLink> All { get; init; }
}

/// <param name="Current">What <c>aria-current</c> says: <c>page</c>, <c>true</c> for what the page lies in, or nothing.</param>
public sealed record MenuLink(string Text, string Url, string? Icon, string? Current)
{
    /// <summary>Persona and area, for lists of screens of all of them.</summary>
    public string? Where { get; init; }
}
