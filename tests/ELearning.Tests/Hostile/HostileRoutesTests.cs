using System.Net;
using System.Text;
using ELearning.Security;
using Xunit;

namespace ELearning.Hostile;

/// <summary>Asks every route that the host has, as somebody would who means no good. A new module's routes are asked by themselves.</summary>
public sealed class HostileRoutesTests
{
    /// <summary>Of each kind of id as many as an address gets; all of them on all routes would be most of the suite's time.</summary>
    private const int IdsARoute = 6;

    [Theory, InlineData("Sqlite", false), InlineData("Sqlite", true), InlineData("Postgres", false), InlineData("Postgres", true)]
    public async Task Nothing_of_one_site_is_had_or_changed_from_another(string database, bool byPrefix)
    {
        var host = await TestHost.SharedAsync(database);
        using var theirs = await Victim.StartAsync(host, byPrefix);
        using var mine = await Victim.StartAsync(host, byPrefix);
        var common = (await mine.NamesAsync()).ToHashSet();
        var ids = (await theirs.NamesAsync()).Where(id => !common.Contains(id)).ToList();
        var before = await theirs.RowsAsync();
        Assert.Contains(theirs.Person.ToString(), ids);

        var random = new Random(1);
        var leaks = new List<string>();
        foreach (var route in Route.All(host).OrderBy(route => route.ChangesSomething))
        {
            if (route.ChangesSomething) await mine.SignInAsync();
            // Their own person first: what is about people is about that one.
            foreach (var id in route.HasParameters ? ids.OrderBy(id => id == theirs.Person.ToString() ? -1 : random.NextDouble()).Take(IdsARoute) : [theirs.Person.ToString()])
                if (await AskAsync(mine, route, id) is { } answer && answer.Contains(theirs.Marker, StringComparison.OrdinalIgnoreCase))
                    leaks.Add($"{route} with {id}");
        }

        Assert.Empty(leaks);
        Assert.Equal(before, await theirs.RowsAsync());
    }

    [Theory, InlineData("Sqlite", false), InlineData("Sqlite", true), InlineData("Postgres", false), InlineData("Postgres", true)]
    public async Task A_cookie_of_one_site_is_nobodys_at_another(string database, bool byPrefix)
    {
        var host = await TestHost.SharedAsync(database);
        using var theirs = await Victim.StartAsync(host, byPrefix);
        using var mine = await Victim.StartAsync(host, byPrefix);
        Assert.NotEmpty(theirs.Cookies);
        // As they are called there, and as they are called here.
        var cookies = string.Join("; ", theirs.Cookies.SelectMany(cookie => new[] { cookie, (Name: cookie.Name.Replace(theirs.Tenant.Key, mine.Tenant.Key), cookie.Value) }).Select(cookie => $"{cookie.Name}={cookie.Value}"));
        using var stranger = host.Browser(mine.Browser.BaseAddress!.Host, mine.Browser.BaseAddress.AbsolutePath);

        var believed = new List<string>();
        foreach (var route in Route.All(host).Where(route => !route.ChangesSomething))
        {
            using var nobody = await stranger.GetAsync(Relative(route, theirs.Person.ToString()));
            using var request = new HttpRequestMessage(HttpMethod.Get, Relative(route, theirs.Person.ToString()));
            request.Headers.Add("Cookie", cookies);
            using var answer = await stranger.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode != nobody.StatusCode && answer.StatusCode != HttpStatusCode.TooManyRequests || text.Contains(theirs.Marker, StringComparison.Ordinal)) believed.Add($"{route}: {answer.StatusCode}, {nobody.StatusCode} without");
        }

        Assert.Empty(believed);
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task What_changes_something_is_refused_to_other_sites_and_to_forms_without_a_token(string database)
    {
        var host = await TestHost.SharedAsync(database);
        var site = await Victim.StartAsync(host, byPrefix: false);
        var passed = new List<string>();
        var asked = 0;
        foreach (var route in Route.All(host).Where(route => route.ChangesSomething))
        {
            if (route.Endpoint.Metadata.GetMetadata<CrossSiteAllowed>() is null)
            {
                asked++;
                var foreign = await SendAsync(site, route, "cross-site");
                // Guessing is limited by address, and this asks more often than anybody would.
                if (foreign == HttpStatusCode.TooManyRequests)
                {
                    site.Dispose();
                    site = await Victim.StartAsync(host, byPrefix: false);
                    foreign = await SendAsync(site, route, "cross-site");
                }
                if (foreign is not (HttpStatusCode.Forbidden or HttpStatusCode.NotFound)) passed.Add($"{route} from another site: {foreign}");
            }

            if (!route.IsPage) continue;
            await site.SignInAsync();
            var bare = await SendAsync(site, route, "same-origin");
            if (bare is not (HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests)) passed.Add($"{route} without a token: {bare}");
        }
        site.Dispose();

        Assert.Empty(passed);
        Assert.True(asked > 5);
    }

    private static async Task<string?> AskAsync(Victim me, Route route, string id)
    {
        using var request = new HttpRequestMessage(new(route.Method), Relative(route, id));
        if (route.ChangesSomething)
            request.Content = route.IsPage
                ? new FormUrlEncodedContent([new("__RequestVerificationToken", me.FormToken), new("id", id), new("person", id), new("Input.Id", id), new("Input.Person", id)])
                : new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await me.Browser.SendAsync(request);
        // Where it came to nothing, it may say what was asked for.
        return $"{answer.Headers} {answer.Content.Headers} {await answer.Content.ReadAsStringAsync()}";
    }

    private static async Task<HttpStatusCode> SendAsync(Victim site, Route route, string from)
    {
        using var request = new HttpRequestMessage(new(route.Method), Relative(route, site.Person.ToString())) { Content = new FormUrlEncodedContent([]) };
        request.Headers.Remove("Sec-Fetch-Site");
        request.Headers.Add("Sec-Fetch-Site", from);
        using var answer = await site.Browser.SendAsync(request);
        return answer.StatusCode;
    }

    private static string Relative(Route route, string id) => route.Address(id).TrimStart('/');
}
