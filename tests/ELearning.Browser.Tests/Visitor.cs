using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace ELearning;

/// <summary>A page in a window of its own that remembers what the browser complained about.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly View _view;
    private readonly string _shots;
    private readonly List<string> _complaints = [];

    internal Visitor(IBrowserContext context, IPage page, View view, string shots)
    {
        (_context, Page, _view, _shots) = (context, page, view, shots);
        // Of a page that answers 404 on purpose, the browser says so; of anything that the page asks for, it must not.
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !(message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal) && message.Location.StartsWith(page.Url, StringComparison.Ordinal)))
                _complaints.Add($"{message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    public async Task<IResponse> OpenAsync(string path) => (await Page.GotoAsync(path))!; // null only for another place on the same page

    /// <summary>What holds for every page: accessible, no complaint of the browser, nothing to scroll sideways. Takes its picture.</summary>
    public async Task CheckAsync(string name)
    {
        await PictureAsync(name);
        Assert.True(_complaints.Count == 0, $"{name} {_view}: " + string.Join(Environment.NewLine, _complaints));
        if (_view.RunsScripts)
        {
            var found = (await Page.RunAxe()).Violations;
            Assert.True(found.Length == 0, $"{name} {_view}: " + string.Join("; ", found.Select(v => $"{v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(node => node.Html))}")));
            var wide = await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Assert.True(wide <= 0, $"{name} {_view} is {wide} px too wide.");
            // The checks put in styles of their own, which the page's policy refuses, as it should.
            _complaints.Clear();
        }
    }

    public Task PictureAsync(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(_shots, $"{name}-{_view}.png"), FullPage = true });

    /// <summary>Presses Tab until what has the focus is meant, as somebody without a mouse does.</summary>
    public async Task TabToAsync(ILocator wanted)
    {
        for (var i = 0; i < 20; i++)
        {
            await Page.Keyboard.PressAsync("Tab");
            if (await IsFocusedAsync(wanted)) return;
        }
        Assert.Fail($"{wanted} cannot be reached by the keyboard.");
    }

    public static Task<bool> IsFocusedAsync(ILocator element) => element.EvaluateAsync<bool>("e => e === document.activeElement");

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
