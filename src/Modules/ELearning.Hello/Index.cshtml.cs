using System.ComponentModel.DataAnnotations;
using ELearning.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Hello;

[Public("Visitors leave greetings without an account.")]
internal sealed class Index(GuestBook book, HelloSettings settings, Db db, Facts facts, Actor actor, TimeProvider clock) : PageModel
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
        await db.TransactAsync(async () =>
        {
            await book.AddAsync(greeting, actor.Person, ct);
            await facts.PublishAsync(new GreetingLeft(greeting.Id, greeting.LeftAt), ct);
        }, ct);
        return RedirectToPage();
    }

    public sealed class Form
    {
        [Display(Name = "Your name")]
        [Required(ErrorMessage = "Write your name, so that others know who greets them.")]
        [StringLength(80, ErrorMessage = "Shorten your name to at most 80 characters.")]
        public string Name { get; set; } = "";

        [Display(Name = "Your greeting")]
        [Required(ErrorMessage = "Write a greeting; a word is enough.")]
        [StringLength(500, ErrorMessage = "Shorten your greeting to at most 500 characters.")]
        public string Text { get; set; } = "";
    }
}
