using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

public sealed partial class ImportTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task People_are_imported_after_a_look_at_what_would_happen(string database)
    {
        await using var site = await SiteAsync(database);
        await site.AccountAsync("Grace Hopper", "grace@example.org");
        var page = await UploadAsync(site, "Vorname;Nachname;E-Mail;Rolle\r\nJürgen;Groß;juergen@example.org;Author\r\n\"Ada\";Byron;ada@example.org;\r\nGrace;H.;GRACE@example.org;\r\n;;no address;Auhtor\r\nAda;again;ada@example.org;\r\n",
            CsvText.EncodingOf("windows-1252"));
        Assert.Contains("Read as WINDOWS-1252, cells parted by semicolons.", await TextAsync(site, page));

        await CheckAsync(site, page, [ImportField.FirstName, ImportField.LastName, ImportField.Email, ImportField.Roles]);
        var checked_ = await UntilAsync(site, page, "What will happen");
        Assert.Contains("Import 2 people", checked_);
        Assert.Contains("There is no role of this name.", checked_);
        Assert.Contains("Did you mean “author”?", checked_);
        Assert.Contains("The same address stands in row 3.", checked_);
        Assert.Equal(1, (await site.QueryAsync<long>($"SELECT COUNT(*) FROM accounts"))[0]);

        await SendAsync(site, page, "Run", []);
        var done = await UntilAsync(site, page, "What was done");
        Assert.Contains("people were added", done);
        Assert.Equal(["Ada Byron", "Jürgen Groß"], await site.QueryAsync<string>($"SELECT p.display_name FROM people p JOIN accounts a ON a.person_id = p.id WHERE a.email_key IN ('ada@example.org', 'juergen@example.org') ORDER BY p.sort_name"));
        Assert.Equal(["Grace Hopper"], await site.QueryAsync<string>($"SELECT p.display_name FROM people p JOIN accounts a ON a.person_id = p.id WHERE a.email_key = 'grace@example.org'"));
        Assert.Equal(["gross"], await site.QueryAsync<string>($"SELECT word FROM people_words WHERE word = 'gross'"));
        Assert.Equal(1, (await site.QueryAsync<long>($"SELECT COUNT(*) FROM role_assignments WHERE role_id = {Roles.Author}"))[0]);

        var report = await site.Browser.GetAsync($"{page}/report.csv");
        var lines = (await report.Content.ReadAsStringAsync()).TrimEnd().Split("\r\n");
        Assert.Equal("text/csv", report.Content.Headers.ContentType!.MediaType);
        Assert.Equal(5, lines.Length);
        Assert.Contains("5,E-Mail,no address,This is no mail address.,\"Write one address, such as ada@example.org.\"", lines);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Who_is_here_already_is_brought_up_to_date_when_asked_for(string database)
    {
        await using var site = await SiteAsync(database);
        var grace = await site.AccountAsync("Grace Hopper", "grace@example.org");
        var page = await UploadAsync(site, "name,email,language\nRear Admiral Grace,grace@example.org,de\n", Encoding.UTF8);

        await CheckAsync(site, page, [ImportField.Name, ImportField.Email, ImportField.Language], ("Input.Existing", "Update"));
        Assert.Contains("Import 1 people", await UntilAsync(site, page, "What will happen"));
        await SendAsync(site, page, "Run", []);
        await UntilAsync(site, page, "What was done");

        Assert.Equal(["Rear Admiral Grace de"], await site.QueryAsync<string>($"SELECT display_name || ' ' || culture FROM people WHERE id = {grace}"));
        Assert.Equal(["admiral", "grace", "rear"], await site.QueryAsync<string>($"SELECT word FROM people_words WHERE person_id = {grace} ORDER BY word"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task New_people_are_invited_when_asked_for(string database)
    {
        await using var site = await SiteAsync(database);
        var page = await UploadAsync(site, "name,email,sprache\nAda,ada@example.org,de\nBob,bob@example.org,en\n", Encoding.UTF8);

        await CheckAsync(site, page, [ImportField.Name, ImportField.Email, ImportField.Language], ("Input.Invites", "true"));
        await UntilAsync(site, page, "What will happen");
        Assert.Empty(await site.QueryAsync<Guid>($"SELECT id FROM letters"));
        await SendAsync(site, page, "Run", []);
        await UntilAsync(site, page, "What was done");

        Assert.Equal(["ada@example.org de", "bob@example.org en"], await site.QueryAsync<string>($"SELECT to_address || ' ' || culture FROM letters ORDER BY to_key"));
        var text = (await site.QueryAsync<string>($"SELECT text FROM letters ORDER BY to_key LIMIT 1"))[0];
        var token = await site.RunAsync(services => services.GetRequiredService<OneTimeTokens>().FindAsync(TokenPurpose.Invite, Link().Match(text).Groups[1].Value, default));
        Assert.Equal(("ada@example.org", "Ada", null), (token?.Email, token?.DisplayName, token?.UsedAt));
        Assert.Equal(["invited"], (await site.QueryAsync<string>($"SELECT state FROM people WHERE display_name = 'Ada'")));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Whoever_takes_over_goes_on_after_the_last_whole_batch(string database)
    {
        await using var site = await SiteAsync(database);
        var text = new StringBuilder("name,email\n");
        for (var i = 2; i <= 1501; i++) text.Append(CultureInfo.InvariantCulture, $"Person {i},p{i}@example.org\n");
        text.Append("Again,p2@example.org\n");
        var page = await UploadAsync(site, text.ToString(), Encoding.UTF8);
        var id = Guid.Parse(page[^36..]);
        await CheckAsync(site, page, [ImportField.Name, ImportField.Email]);
        await UntilAsync(site, page, "What will happen");

        // As a host leaves it that dies after its first batch.
        await site.RunAsync(async services =>
        {
            var store = services.GetRequiredService<ImportStore>();
            await store.BeginAsync((await store.FindAsync(id, default))!, ImportPhase.Running, default);
        });
        await site.QueryAsync<Guid>($"UPDATE imports SET processed = 501, added = 500 WHERE id = {id} RETURNING id");
        await site.RunAsync(services => services.GetRequiredService<Jobs>().EnqueueAsync(RunImport.Name, id.ToString()));
        var done = await UntilAsync(site, page, "What was done");

        Assert.Equal(1000, (await site.QueryAsync<long>($"SELECT COUNT(*) FROM accounts"))[0]);
        var import = (await site.RunAsync(services => services.GetRequiredService<ImportStore>().FindAsync(id, default)))!;
        Assert.Equal((1500, 1), (import.Added, import.Refused));
        Assert.Contains("The same address stands in row 2.", done);

        // And once more, it finds nothing left to do.
        await site.RunAsync(services => services.GetRequiredService<Jobs>().EnqueueAsync(RunImport.Name, id.ToString()));
        await UntilAsync(async () => (await site.QueryAsync<long>($"SELECT COUNT(*) FROM jobs WHERE name = {RunImport.Name} AND state <> 'Done'"))[0] == 0);
        Assert.Equal(1000, (await site.QueryAsync<long>($"SELECT COUNT(*) FROM accounts"))[0]);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Nobody_gives_more_by_a_file_than_they_may_do_themselves(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Accounts", "TestAccounts");
        var clerk = await site.PersonAsync("Clerk");
        await site.RunAsync(async services =>
        {
            var roles = services.GetRequiredService<Roles>();
            await roles.AssignAsync(clerk, (await roles.AddAsync("Clerk", "Adds people", [PeoplePermissions.Manage], default))!.Value, Scope.Tenant, default);
        });
        await site.Browser.PostAsJsonAsync("/test/sign-in", new { Person = clerk });
        var page = await UploadAsync(site, "name,email,role\nEve,eve@example.org,Administrator\nAda,ada@example.org,Clerk\n", Encoding.UTF8);

        await CheckAsync(site, page, [ImportField.Name, ImportField.Email, ImportField.Roles]);
        Assert.Contains("This role allows more than you may do yourself.", await UntilAsync(site, page, "What will happen"));
        await SendAsync(site, page, "Run", []);
        await UntilAsync(site, page, "What was done");

        Assert.Equal(["ada@example.org"], await site.QueryAsync<string>($"SELECT email FROM accounts"));
        Assert.Empty(await site.QueryAsync<Guid>($"SELECT person_id FROM role_assignments WHERE role_id = {Roles.Administrator}"));
    }

    [Fact]
    public async Task What_is_no_table_is_refused_and_said()
    {
        await using var site = await SiteAsync("Sqlite");

        Assert.Contains("Choose a file with people first.", await RefusedAsync(site, []));
        Assert.Contains("The first row has no headings that can be read.", await RefusedAsync(site, "PK\u0003\u0004\0\0\0\0"u8.ToArray()));
        var page = await UploadAsync(site, "a,b\n1,2\n", Encoding.UTF8);
        var unmapped = await (await SendAsync(site, page, "Check", [("Input.Fields[0]", "Nothing"), ("Input.Fields[1]", "Nothing")])).TextAsync();
        Assert.Contains("Say which column holds the mail address", unmapped);
        Assert.Contains("Say which column holds the name", unmapped);
    }

    [Fact]
    public async Task Old_files_and_reports_are_removed()
    {
        await using var site = await SiteAsync("Sqlite");
        await UploadAsync(site, "name,email\nAda,ada@example.org\n", Encoding.UTF8);
        await site.QueryAsync<Guid>($"UPDATE imports SET created_at = {DateTimeOffset.UtcNow.AddDays(-31)} RETURNING id");

        await site.RunAsync(services => services.GetRequiredService<Jobs>().EnqueueAsync(SweepImports.Name));

        await UntilAsync(async () => (await site.QueryAsync<Guid>($"SELECT id FROM imports")).Count == 0);
        Assert.Equal(0, (await site.QueryAsync<long>($"SELECT COUNT(*) FROM blob_references"))[0]);
    }

    private static async Task<TestSite> SiteAsync(string database)
    {
        var site = await TestSite.StartAsync(database, "Accounts", "TestAccounts");
        var ann = await site.PersonAsync("Ann");
        await site.RunAsync(services => services.GetRequiredService<Roles>().AssignAsync(ann, Roles.Administrator, Scope.Tenant, default));
        await site.Browser.PostAsJsonAsync("/test/sign-in", new { Person = ann });
        return site;
    }

    private static async Task<string> UploadAsync(TestSite site, string text, Encoding encoding)
    {
        var answer = await PostFileAsync(site, encoding.GetBytes(text));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    private static async Task<string> RefusedAsync(TestSite site, byte[] bytes)
    {
        var answer = await PostFileAsync(site, bytes);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.TextAsync();
    }

    private static async Task<HttpResponseMessage> PostFileAsync(TestSite site, byte[] bytes)
    {
        var page = await site.Browser.GetStringAsync("/manage/people/import");
        using var form = new MultipartFormDataContent
        {
            { new StringContent(Token().Match(page).Groups[1].Value), "__RequestVerificationToken" },
            { new ByteArrayContent(bytes), "Table", "people.csv" },
        };
        return await site.Browser.PostAsync("/manage/people/import", form);
    }

    private static async Task CheckAsync(TestSite site, string page, ImportField[] fields, params (string Name, string Value)[] other) =>
        Assert.Equal(HttpStatusCode.Redirect, (await SendAsync(site, page, "Check", [.. fields.Select((field, i) => ($"Input.Fields[{i}]", field.ToString())), .. other])).StatusCode);

    private static async Task<HttpResponseMessage> SendAsync(TestSite site, string page, string handler, (string Name, string Value)[] fields)
    {
        var token = Token().Match(await site.Browser.GetStringAsync(page)).Groups[1].Value;
        return await site.Browser.PostAsync($"{page}?handler={handler}", new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", token)]));
    }

    private static async Task<string> TextAsync(TestSite site, string page) => WebUtility.HtmlDecode(await site.Browser.GetStringAsync(page));

    private static async Task<string> UntilAsync(TestSite site, string page, string text)
    {
        string shown = "";
        await UntilAsync(async () => (shown = await TextAsync(site, page)).Contains(text, StringComparison.Ordinal));
        return shown;
    }

    private static async Task UntilAsync(Func<Task<bool>> done)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await done())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "It did not happen within a minute.");
            await Task.Delay(50);
        }
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();

    [GeneratedRegex(@"http://[^/]+/invite/(\S+)")]
    private static partial Regex Link();
}
