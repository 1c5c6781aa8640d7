using ELearning.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>On pages about what somebody signs in with: it is theirs alone, whoever acts for them.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NotWhileActingAttribute : Attribute, IPageFilter
{
    public void OnPageHandlerSelected(PageHandlerSelectedContext context)
    {
    }

    public void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        var services = context.HttpContext.RequestServices;
        if (services.GetRequiredService<Actor>().ActedBy is null) return;

        var texts = services.GetRequiredService<IStringLocalizer<AccountsFeature>>();
        ((PageModel)context.HandlerInstance).Say(texts["What somebody signs in with is theirs alone. Stop acting for them first."]);
        context.Result = new RedirectResult(services.GetRequiredService<Site>().Address("/account/acting"));
    }

    public void OnPageHandlerExecuted(PageHandlerExecutedContext context)
    {
    }
}
