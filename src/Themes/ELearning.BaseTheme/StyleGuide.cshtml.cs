using System.ComponentModel.DataAnnotations;
using ELearning.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Hosting;

namespace ELearning.BaseTheme;

/// <summary>Every component in every state, for whoever writes pages. In development only; in English only, since nobody else reads it.</summary>
[Public("Shows nothing of any tenant, and is there in development only.")]
internal sealed class StyleGuide(IHostEnvironment environment, TimeProvider clock) : PageModel
{
    [BindProperty]
    public Form Input { get; set; } = new();

    public DateTimeOffset Now => clock.GetUtcNow();

    public static readonly SelectListItem[] Languages = [new("English", "en"), new("Deutsch", "de")];

    public IActionResult OnGet()
    {
        if (!environment.IsDevelopment()) return NotFound();
        ModelState.AddModelError("Input.Refused", "Write a mail address with an @, such as ada@example.org.");
        ModelState.AddModelError("Input.Agreed", "Tick this box, or choose another plan.");
        return Page();
    }

    public IActionResult OnPost()
    {
        if (!environment.IsDevelopment()) return NotFound();
        this.Say("The form was sent and changed nothing");
        return RedirectToPage();
    }

    /// <summary>What a field's <c>check</c> asks.</summary>
    public IActionResult OnGetCheck(string? value) => environment.IsDevelopment()
        ? new JsonResult(new FieldCheck(value is { Length: > 8 } ? "Shorten it to at most 8 letters." : null)) : NotFound();

    public sealed class Form
    {
        [Display(Name = "Name"), Required]
        public string Name { get; set; } = "Ada Okafor";

        [Display(Name = "Mail address"), DataType(DataType.EmailAddress)]
        public string? Refused { get; set; } = "ada.example.org";

        [Display(Name = "Password"), DataType(DataType.Password)]
        public string? Password { get; set; }

        [Display(Name = "About you")]
        public string? About { get; set; }

        [Display(Name = "Language")]
        public string? Language { get; set; }

        [Display(Name = "Begins on")]
        public DateOnly Begins { get; set; } = new(2026, 11, 24);

        [Display(Name = "Seats")]
        public int Seats { get; set; } = 30;

        [Display(Name = "Brand colour")]
        public string Colour { get; set; } = "#2f5ea8";

        [Display(Name = "Picture")]
        public IFormFile? Picture { get; set; }

        [Display(Name = "Keep me signed in on this device")]
        public bool Kept { get; set; } = true;

        [Display(Name = "I agree to the terms")]
        public bool Agreed { get; set; }

        [Display(Name = "Short name")]
        public string? Short { get; set; }
    }
}
