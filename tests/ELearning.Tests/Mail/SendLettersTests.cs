using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using ELearning.Settings;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Mail;

public sealed class SendLettersTests
{
    private static readonly LetterKind Secret = new(typeof(MailFeature), "trial", hasOneTimeLink: true);

    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_letter_is_sent_under_tls_to_a_server_that_asks_for_a_name(string database)
    {
        await using var server = await MailCounterpart.StartAsync(asksForName: true);
        await using var site = await SetUpAsync(database, server);

        var id = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync(PostTests.To("ada@bücher.example") with { Culture = "de" }, default));

        var letter = await server.NextAsync();
        Assert.True(letter.GetProperty("secure").GetBoolean());
        Assert.Equal(MailCounterpart.User, Text(letter, "user"));
        Assert.Equal("no-reply@school.example", Text(letter, "from"));
        Assert.Equal("ada@bücher.example", letter.GetProperty("to")[0].GetString());
        Assert.Equal("Schule für \"alle\", ein sehr langer Name: 日本語の学校 und noch mehr davon", Text(letter.GetProperty("sender"), "name"));
        Assert.Equal("Ein Probebrief von Test site", Text(letter, "subject"));
        Assert.Contains("Grace hat diesen Brief geschickt", Text(letter, "text"));
        Assert.Contains("Mail-Einstellungen öffnen</a>", WebUtility.HtmlDecode(Text(letter, "html")));
        Assert.Contains("auto-submitted", letter.GetProperty("headers").EnumerateArray().Select(header => header.GetString()));
        Assert.Equal($"<{id:N}@school.example>", Text(letter, "id"));
        Assert.True(letter.GetProperty("ascii").GetBoolean());
        Assert.True(letter.GetProperty("longest").GetInt32() <= 998, "A line is longer than RFC 5322 allows.");
        var row = await UntilAsync(site, id, LetterState.Sent);
        Assert.Equal((1, null, true), (row.Attempts, row.Error, row.Text != ""));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Under_tls_from_the_first_byte_the_words_of_a_link_that_works_once_go_with_it(string database)
    {
        await using var server = await MailCounterpart.StartAsync(secure: true, asksForName: true, methods: ["LOGIN"]);
        await using var site = await SetUpAsync(database, server, ("Protection", "Tls"));

        var id = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync(PostTests.To("ada@example.org") with { Kind = Secret }, default));

        Assert.Contains("It works", Text(await server.NextAsync(), "text"));
        Assert.Equal("", (await UntilAsync(site, id, LetterState.Sent)).Text);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_server_that_asks_to_try_later_is_tried_later(string database)
    {
        await using var server = await MailCounterpart.StartAsync(answers: [("RCPT", 450), ("DATA", 451)]);
        await using var site = await SetUpAsync(database, server, ("UserName", ""));
        var id = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync(PostTests.To("ada@example.org"), default));

        var first = await UntilTriedAsync(site, id, 1);
        Assert.Equal((LetterState.Queued, "450 Somebody wanted this RCPT refused"), (first.State, first.Error));
        Assert.True(first.NextTryAt > first.CreatedAt.AddSeconds(59), "It would be tried again within the minute.");
        // The job says so after the letter does.
        while ((await site.QueryAsync<long>($"SELECT COUNT(*) FROM jobs WHERE name = {SendLetters.Name} AND state = 'Queued'"))[0] != 1) await Task.Delay(50);

        await TryNowAsync(site, id);
        Assert.StartsWith("451 ", (await UntilTriedAsync(site, id, 2)).Error!, StringComparison.Ordinal);
        Assert.Empty(server.Received);

        await TryNowAsync(site, id);
        await server.NextAsync();
        Assert.Null((await UntilAsync(site, id, LetterState.Sent)).Error);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_final_refusal_is_the_end_of_one_letter_and_not_of_the_next(string database)
    {
        await using var server = await MailCounterpart.StartAsync(answers: [("RCPT", 550)]);
        await using var site = await SetUpAsync(database, server, ("UserName", ""));

        var ids = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync([PostTests.To("ada@example.org"), PostTests.To("bob@example.org")], default));

        await server.NextAsync();
        var rows = new List<Row>();
        foreach (var id in ids) rows.Add(await UntilTriedAsync(site, id, 1));
        Assert.Equal([LetterState.Sent, LetterState.Failed], rows.Select(row => row.State).Order());
        Assert.Equal(["550 Somebody wanted this RCPT refused"], rows.Select(row => row.Error).OfType<string>());
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_wrong_password_fails_no_letter(string database)
    {
        await using var server = await MailCounterpart.StartAsync(asksForName: true);
        await using var site = await SetUpAsync(database, server, ("Password", "wrong"));

        var ids = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync([PostTests.To("ada@example.org"), PostTests.To("bob@example.org")], default));

        foreach (var id in ids)
        {
            var row = await UntilTriedAsync(site, id, 1);
            Assert.Equal((LetterState.Queued, "127.0.0.1 answered: 535 Name or password is wrong"), (row.State, row.Error));
        }
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("", true)]
    public async Task Nothing_is_said_over_a_connection_that_cannot_be_protected(string fingerprint, bool isPlain)
    {
        await using var server = await MailCounterpart.StartAsync(asksForName: true, disabled: isPlain ? ["STARTTLS"] : null);
        await using var site = await SetUpAsync("Sqlite", server, ("Fingerprint", fingerprint));

        var id = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync(PostTests.To("ada@example.org"), default));

        var row = await UntilTriedAsync(site, id, 1);
        Assert.StartsWith("The connection to 127.0.0.1 could not be protected: ", row.Error!, StringComparison.Ordinal);
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task After_the_last_attempt_a_letter_fails_and_a_server_that_is_away_is_asked_once_a_round()
    {
        await using var server = await MailCounterpart.StartAsync();
        await using var site = await SetUpAsync("Sqlite", server, ("Port", FreePort()));
        var ids = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync([PostTests.To("ada@example.org"), PostTests.To("bob@example.org")], default));
        foreach (var id in ids) await UntilTriedAsync(site, id, 1);

        await site.QueryAsync<Guid>($"UPDATE letters SET attempts = {SendLetters.LastAttempt - 1} RETURNING id");
        await TryNowAsync(site, ids[0]);

        foreach (var id in ids) Assert.Contains("could not be reached", (await UntilAsync(site, id, LetterState.Failed)).Error);
    }

    [Fact]
    public void The_waits_grow_and_end()
    {
        var waits = Enumerable.Range(1, SendLetters.LastAttempt).Select(SendLetters.RetryAfter).ToList();

        Assert.All(waits.Zip(waits.Skip(1)).SkipLast(1), pair => Assert.True(pair.First < pair.Second));
        Assert.Null(waits[^1]);
        Assert.DoesNotContain(null, waits.SkipLast(1));
    }

    internal static async Task<TestSite> SetUpAsync(string database, MailCounterpart server, params (string Name, JsonNode Value)[] other)
    {
        var site = await TestSite.StartAsync(database, "Mail", "TestAccounts");
        var values = new JsonObject
        {
            ["Host"] = "127.0.0.1",
            ["Port"] = server.Port,
            ["UserName"] = MailCounterpart.User,
            ["Password"] = MailCounterpart.Password,
            ["Fingerprint"] = server.Fingerprint,
            ["FromAddress"] = "no-reply@school.example",
            ["FromName"] = "Schule für \"alle\", ein sehr langer Name: 日本語の学校 und noch mehr davon",
        };
        foreach (var (name, value) in other) values[name] = value;
        var saved = await site.Host.Services.GetRequiredService<TenantSettings>().ChangeAsync(site.Name, site.Tenant.Version, "mail", values, "test", default);
        Assert.IsType<SettingsSaved>(saved);
        return site;
    }

    private static async Task TryNowAsync(TestSite site, Guid id)
    {
        var round = (await site.QueryAsync<Guid>($"UPDATE letters SET next_try_at = created_at WHERE state = 'Queued' RETURNING round"))[0];
        await site.RunAsync(services => services.GetRequiredService<Jobs>().EnqueueAsync(SendLetters.Name, round.ToString()));
    }

    private static Task<Row> UntilAsync(TestSite site, Guid id, LetterState state) => UntilAsync(site, id, row => row.State == state);

    private static Task<Row> UntilTriedAsync(TestSite site, Guid id, int attempts) => UntilAsync(site, id, row => row.Attempts == attempts);

    private static async Task<Row> UntilAsync(TestSite site, Guid id, Func<Row, bool> done)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var row = (await site.QueryAsync<Row>($"SELECT state, attempts, error, text, created_at, next_try_at FROM letters WHERE id = {id}"))[0];
            if (done(row)) return row;
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"The letter is still {row}.");
            await Task.Delay(50);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(JsonElement value, string name) => value.GetProperty(name).GetString()!;

    private sealed record Row(LetterState State, int Attempts, string? Error, string Text, DateTimeOffset CreatedAt, DateTimeOffset? NextTryAt);
}
