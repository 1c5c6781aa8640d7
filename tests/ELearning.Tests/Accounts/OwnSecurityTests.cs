using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

public sealed class OwnSecurityOnSqlite() : OwnSecurityTests("Sqlite");

public sealed class OwnSecurityOnPostgres() : OwnSecurityTests("Postgres");

public abstract partial class OwnSecurityTests(string database) : IAsyncLifetime
{
    private const string Security = "/account/security";

    private TestSite _site = null!; // made before each test
    private Guid _ada;

    public async Task InitializeAsync()
    {
        _site = await TestSite.StartAsync(database, "Accounts", "TestAccounts");
        _ada = await _site.AccountAsync("Ada", "ada@example.org");
    }

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task A_protected_page_leads_to_the_form_and_the_form_back_to_it()
    {
        var asked = await _site.Browser.GetAsync("/account/security?from=here");
        Pages.LeadsTo("/sign-in?returnUrl=%2Faccount%2Fsecurity%3Ffrom%3Dhere", asked);

        Pages.LeadsTo("/account/security?from=here", await _site.Browser.EnterAsync("ada@example.org", query: "?returnUrl=%2Faccount%2Fsecurity%3Ffrom%3Dhere"));
    }

    [Fact]
    public async Task An_authenticator_is_set_up_and_then_asked_for()
    {
        await _site.Browser.EnterAsync("ada@example.org");
        var page = await _site.Browser.GetStringAsync($"{Security}/authenticator");
        Assert.Contains("<path d=\"M", page);
        Assert.Contains("This code does not fit", await (await SetUpAsync(_site.Browser, page, "000000")).TextAsync());
        var secret = SecretOf(page);

        var used = Code(secret);
        Pages.LeadsTo($"{Security}/recovery-codes", await SetUpAsync(_site.Browser, page, used));

        var codes = await CodesAsync(_site.Browser);
        Assert.Equal(10, codes.Length);
        Assert.Equal(codes, (await (await _site.Browser.GetAsync($"{Security}/recovery-codes?handler=text")).TextAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)[2..]);
        Pages.LeadsTo(Security, await _site.Browser.SendAsync($"{Security}/recovery-codes"));
        Pages.LeadsTo(Security, await _site.Browser.GetAsync($"{Security}/recovery-codes"));
        Assert.DoesNotContain(codes[0], string.Join(' ', await _site.QueryAsync<string>($"SELECT code_hash FROM recovery_codes ORDER BY code_hash")));
        Assert.DoesNotContain(secret, (await _site.QueryAsync<string>($"SELECT totp_secret FROM accounts"))[0]);

        using var phone = _site.OtherBrowser();
        Pages.LeadsTo("/sign-in/code", await phone.EnterAsync("ada@example.org", query: $"?returnUrl={Uri.EscapeDataString(Security)}"));
        Assert.Equal("", await WhoAsync(phone));
        // The one that set it up has counted already.
        Assert.Contains("does not fit, or was used already", await (await phone.SendAsync("/sign-in/code", ("Input.Code", used))).TextAsync());
        Pages.LeadsTo(Security, await phone.SendAsync("/sign-in/code", ("Input.Code", Code(secret, 1).Insert(3, " "))));
        Assert.Equal("Ada", await WhoAsync(phone));

        using var lost = _site.OtherBrowser();
        await lost.EnterAsync("ada@example.org");
        Pages.LeadsTo("/", await lost.SendAsync("/sign-in/code", ("Input.Code", codes[3].ToUpperInvariant())));
        using var again = _site.OtherBrowser();
        await again.EnterAsync("ada@example.org");
        Assert.Contains("does not fit", await (await again.SendAsync("/sign-in/code", ("Input.Code", codes[3]))).TextAsync());
        Assert.Contains("9 recovery codes are left.", await lost.GetStringAsync(Security));
    }

    [Fact]
    public async Task An_authenticator_goes_only_with_the_password()
    {
        var secret = await TurnOnAsync();

        Assert.Contains("This is not your password.", await (await _site.Browser.SendAsync($"{Security}?handler=TurnOff", ("Confirm.Password", "not the password"))).TextAsync());
        Pages.LeadsTo($"{Security}/recovery-codes", await _site.Browser.SendAsync($"{Security}?handler=NewCodes", ("Confirm.Password", Pages.Password)));
        Assert.Equal(10, (await CodesAsync(_site.Browser)).Length);
        // Another one does not take its place unasked.
        Pages.LeadsTo(Security, await _site.Browser.GetAsync($"{Security}/authenticator"));
        Pages.LeadsTo(Security, await _site.Browser.SendAsync($"{Security}?handler=TurnOff", ("Confirm.Password", Pages.Password)));

        Assert.NotEmpty(secret);
        using var other = _site.OtherBrowser();
        Pages.LeadsTo("/", await other.EnterAsync("ada@example.org"));
        Assert.Equal(0, (await _site.QueryAsync<long>($"SELECT COUNT(*) FROM recovery_codes"))[0]);
    }

    [Fact]
    public async Task Guessing_codes_has_its_pauses_too()
    {
        await TurnOnAsync();
        using var guesser = _site.OtherBrowser();
        await guesser.EnterAsync("ada@example.org");

        for (var i = 0; i < 5; i++) await guesser.SendAsync("/sign-in/code", ("Input.Code", "000000"));

        Assert.Contains("Please wait", await (await guesser.SendAsync("/sign-in/code", ("Input.Code", "000000"))).TextAsync());
    }

    [Fact]
    public async Task Whose_role_asks_for_a_code_does_nothing_before_it_is_set_up()
    {
        await _site.RunAsync(async services =>
        {
            await services.GetRequiredService<ELearning.Roles>().AssignAsync(_ada, ELearning.Roles.Instructor, Scope.Tenant, default);
            await services.GetRequiredService<Db>().ExecuteAsync($"INSERT INTO role_requirements (role_id, totp) VALUES ({ELearning.Roles.Instructor}, TRUE)");
        });
        Pages.LeadsTo("/sign-in/authenticator", await _site.Browser.EnterAsync("ada@example.org"));
        Assert.Equal(HttpStatusCode.Redirect, (await _site.Browser.GetAsync(Security)).StatusCode);
        Assert.Equal("", await WhoAsync(_site.Browser));

        var page = await _site.Browser.GetStringAsync("/sign-in/authenticator");
        var done = await _site.Browser.SendFormAsync("/sign-in/authenticator", page, ("setUp", SetUpOf(page)), ("Input.Code", Code(SecretOf(page))));

        Pages.LeadsTo($"{Security}/recovery-codes?returnUrl=%2F", done);
        Assert.Equal("Ada", await WhoAsync(_site.Browser));
        Assert.Equal(10, (await CodesAsync(_site.Browser)).Length);
        Assert.Contains("it cannot be turned off", await _site.Browser.GetStringAsync(Security));
        await _site.Browser.SendAsync($"{Security}?handler=TurnOff", ("Confirm.Password", Pages.Password));
        Assert.NotEqual(default, (await _site.QueryAsync<DateTimeOffset>($"SELECT totp_since FROM accounts"))[0]);
    }

    [Fact]
    public async Task People_see_where_they_are_signed_in_and_end_it()
    {
        using var phone = _site.OtherBrowser();
        using var library = _site.OtherBrowser();
        foreach (var (browser, device) in new[] { (_site.Browser, "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"), (phone, "Mozilla/5.0 (iPhone) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"), (library, "") })
        {
            if (device != "") browser.DefaultRequestHeaders.UserAgent.ParseAdd(device);
            await browser.EnterAsync("ada@example.org");
        }
        await _site.AccountAsync("Bob", "bob@example.org");
        using var bob = _site.OtherBrowser();
        await bob.EnterAsync("bob@example.org");

        var answer = await _site.Browser.GetAsync(Security);
        var page = await answer.TextAsync();
        Assert.InRange(TestSite.Statements(answer), 1, 8);
        Assert.Matches("Firefox on Linux</strong>\\s*<span class=\"chip good\">This one", page);
        Assert.Contains("Safari on iPhone", page);
        Assert.Contains("A browser that does not say its name", page);
        Assert.Contains("(UTC)", page);
        Assert.Equal(2, EndOf().Count(page));

        // What is Bob's cannot be ended by Ada, and what is Ada's can.
        var bobs = (await _site.QueryAsync<Guid>($"SELECT s.id FROM sessions s JOIN people p ON p.id = s.person_id WHERE p.display_name = 'Bob' ORDER BY s.id")).Single();
        await _site.Browser.SendAsync($"{Security}?handler=End", ("id", bobs.ToString()));
        Assert.Equal("Bob", await WhoAsync(bob));
        await _site.Browser.SendAsync($"{Security}?handler=End", ("id", EndOf().Match(page).Groups[1].Value));
        Assert.Single(new[] { await WhoAsync(phone), await WhoAsync(library) }, name => name == "");

        await _site.Browser.SendAsync($"{Security}?handler=EndOthers");
        Assert.Equal(("Ada", "", ""), (await WhoAsync(_site.Browser), await WhoAsync(phone), await WhoAsync(library)));
    }

    [Fact]
    public async Task A_password_is_changed_by_whoever_knows_it_and_the_owner_is_told()
    {
        using var phone = _site.OtherBrowser();
        await _site.Browser.EnterAsync("ada@example.org");
        await phone.EnterAsync("ada@example.org");

        Assert.Contains("This is not your password.", await (await ChangeAsync("not the password", "another horse battery")).TextAsync());
        Assert.Contains("too short", await (await ChangeAsync(Pages.Password, "short")).TextAsync());
        Assert.Equal("Ada", await WhoAsync(phone));
        Pages.LeadsTo(Security, await ChangeAsync(Pages.Password, "another horse battery"));

        Assert.Contains("Your new password is strong.", await _site.Browser.GetStringAsync(Security));
        Assert.Equal(("Ada", ""), (await WhoAsync(_site.Browser), await WhoAsync(phone)));
        Assert.Single(await _site.QueryAsync<string>($"SELECT subject FROM letters ORDER BY id"));
        Pages.LeadsTo("/", await phone.EnterAsync("ada@example.org", "another horse battery"));

        Task<HttpResponseMessage> ChangeAsync(string current, string next) =>
            _site.Browser.SendAsync($"{Security}?handler=Password", ("Change.Current", current), ("Change.Password", next));
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android")]
    [InlineData("curl/8.0", "A browser that does not say its name")]
    public async Task Devices_have_names(string says, string name) => await _site.RunAsync(services =>
    {
        Assert.Equal(name, DeviceWords.Of(says, services.GetRequiredService<Microsoft.Extensions.Localization.IStringLocalizer<AccountsFeature>>()));
        return Task.CompletedTask;
    });

    private async Task<string> TurnOnAsync()
    {
        await _site.Browser.EnterAsync("ada@example.org");
        var page = await _site.Browser.GetStringAsync($"{Security}/authenticator");
        Pages.LeadsTo($"{Security}/recovery-codes", await SetUpAsync(_site.Browser, page, Code(SecretOf(page))));
        return SecretOf(page);
    }

    private static Task<HttpResponseMessage> SetUpAsync(HttpClient browser, string page, string code) =>
        browser.SendFormAsync($"{Security}/authenticator", page, ("setUp", SetUpOf(page)), ("Input.Code", code));

    private static async Task<string[]> CodesAsync(HttpClient browser) =>
        [.. RecoveryCode().Matches(await browser.GetStringAsync($"{Security}/recovery-codes")).Select(match => match.Groups[1].Value)];

    private static string Code(string secret, int stepsAhead = 0) => Totp.CodeOf(Totp.FromBase32(secret), Totp.StepAt(DateTimeOffset.UtcNow) + stepsAhead);

    private static string SecretOf(string page) => Secret().Match(page).Groups[1].Value;

    private static string SetUpOf(string page) => SetUp().Match(page).Groups[1].Value;

    private static async Task<string> WhoAsync(HttpClient browser) => (await browser.GetFromJsonAsync<JsonElement>("/test/who")).GetProperty("name").GetString()!;

    [GeneratedRegex("secret=([A-Z2-7]{32})")]
    private static partial Regex Secret();

    [GeneratedRegex("name=\"setUp\" value=\"([^\"]+)\"")]
    private static partial Regex SetUp();

    [GeneratedRegex("<code>([a-z2-9]{5}-[a-z2-9]{5})</code>")]
    private static partial Regex RecoveryCode();

    [GeneratedRegex("name=\"id\" value=\"([0-9a-f-]{36})\"")]
    private static partial Regex EndOf();
}
