using Microsoft.AspNetCore.Mvc;

namespace ELearning.SiteAdmin.Theme;

/// <summary>On every page while this session tries another look: what one sees is not what others see, and what to do about it.</summary>
public sealed class PreviewBar(Site site) : ViewComponent
{
    public IViewComponentResult Invoke() => site.Look.IsPreview ? View("/ELearning.SiteAdmin/Theme/PreviewBar.cshtml") : Content("");
}
