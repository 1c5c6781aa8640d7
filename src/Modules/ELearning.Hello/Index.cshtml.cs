using System.ComponentModel.DataAnnotations;
using ELearning.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Hello;

[Public("Visitors leave greetings without an account.")]
internal sealed class Index(GuestBook book, HelloSettings settings, Db db, TimeProvider clock) : PageModel
{
    public HelloSettings Settings => settings;

    public List<Greeting> Greetings { get; private set; } = [];

    [BindProperty]
    public Form Input { get; set; } = new();

    public async Task OnGetAsync(CancellationToken ct) => Greetings = await book.LatestAsync(settings.GreetingsShown, ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid)
        {
            await OnGetAsync(ct);
            return Page();
        }

        var greeting = new Greeting(Guid.CreateVersion7(), Input.Name, Input.Text, clock.GetUtcNow());
        await db.TransactAsync(() => book.AddAsync(greeting, null, ct), ct);
        return RedirectToPage();
    }

    public sealed class Form
    {
        [Required, StringLength(80), Display(Name = "Your name")]
        public string Name { get; set; } = "";

        [Required, StringLength(500), Display(Name = "Your greeting")]
        public string Text { get; set; } = "";
    }
}
