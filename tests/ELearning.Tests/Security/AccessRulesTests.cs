using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace ELearning.Security;

public sealed class AccessRulesTests
{
    [Fact]
    public void A_route_that_says_who_may_use_it_passes() => Check(route => route.Requires(LibraryFeature.Tidy, "shelf:id"));

    [Fact]
    public void A_route_that_says_nothing_stops_the_start() => Refused(route => { }, "says neither who may use it");

    [Fact]
    public void A_route_that_says_two_things_stops_the_start() => Refused(route => route.SignedIn().Public("Why not."), "says more than once who may use it: SignedIn, Public");

    [Fact]
    public void Being_public_needs_a_reason() => Refused(route => route.Public(" "), "without a reason");

    [Fact]
    public void An_unknown_permission_stops_the_start() => Refused(route => route.Requires("library.tidi"), "requires library.tidi, a permission that no feature declares");

    [Fact]
    public void An_unknown_kind_of_scope_stops_the_start() => Refused(route => route.Requires(LibraryFeature.Tidy, "cellar:id"), "a kind of scope that no feature declares");

    [Fact]
    public void A_scope_that_the_address_does_not_name_stops_the_start() => Refused(route => route.Requires(LibraryFeature.Tidy, "shelf:shelf"), "has no route value shelf");

    [Fact]
    public void The_frameworks_words_are_refused_instead_of_ignored()
    {
        Refused(route => route.SignedIn().WithMetadata(new AuthorizeAttribute()), "[Authorize]");
        Refused(route => route.SignedIn().WithMetadata(new AllowAnonymousAttribute()), "[AllowAnonymous]");
    }

    [Fact]
    public void A_scope_is_a_kind_and_a_route_value() => Assert.Throws<FeatureException>(() => new RequiresAttribute(LibraryFeature.Tidy, "shelf"));

    private static void Refused(Action<RouteHandlerBuilder> say, string why)
    {
        var refusal = Assert.Throws<FeatureException>(() => Check(say)).Message;
        Assert.Contains("/shelves/{id}", refusal);
        Assert.Contains(why, refusal);
    }

    private static void Check(Action<RouteHandlerBuilder> say)
    {
        var routes = WebApplication.CreateSlimBuilder().Build();
        say(((IEndpointRouteBuilder)routes).MapGet("/shelves/{id}", () => "x"));
        AccessRules.Check(((IEndpointRouteBuilder)routes).DataSources.SelectMany(source => source.Endpoints), new([new LibraryFeature()]));
    }
}
