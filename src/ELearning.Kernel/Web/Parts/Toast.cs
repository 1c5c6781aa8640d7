using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Web;

/// <summary>What has just been done, said once on the page that comes after: <c>this.Say(T["Saved"])</c>, then redirect.</summary>
public static class Toast
{
    public const string Key = "toast";

    public static void Say(this PageModel page, string done) => page.TempData[Key] = done;
}
