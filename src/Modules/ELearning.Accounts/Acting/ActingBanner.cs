using Microsoft.AspNetCore.Mvc;

namespace ELearning.Accounts;

/// <summary>On every page of a session in which somebody acts for somebody else: for whom, and how to stop.</summary>
public sealed class ActingBanner(Actor actor) : ViewComponent
{
    public IViewComponentResult Invoke() => actor.ActedBy is null ? Content("") : View("/ELearning.Accounts/Acting/_Banner.cshtml", actor.Name);
}
