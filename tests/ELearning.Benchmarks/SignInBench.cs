using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ELearning.Security;

namespace ELearning;

/// <summary>The sign-in page, the sign-in itself with its hash told apart, and what others feel of it, on a site with many people.</summary>
internal static partial class SignInBench
{
    private const int Clients = 8;
    private const string Password = "correct horse battery";
    private static readonly (int People, string Name)[] Sizes = [(10_000, "10k"), (100_000, "100k")];

    public static async Task PageAsync(Bench bench)
    {
        foreach (var database in new[] { "Sqlite", "Postgres" })
        {
            var engine = database.ToLowerInvariant();
            var medians = new List<double>();
            foreach (var (people, size) in Sizes)
            {
                await using var host = await StartAsync(database);
                await using var site = await TestSite.StartAsync(host, "Accounts");
                await SeedPeople.RunAsync(site, people);
                using var first = await site.Browser.GetAsync("/sign-in");
                using var answer = await site.Browser.GetAsync("/sign-in");

                Task OnceAsync(int _) => site.Browser.GetByteArrayAsync("/sign-in");
                await Bench.LoadAsync(Clients, TimeSpan.FromSeconds(bench.IsLong ? 10 : 3), OnceAsync);
                var (_, times) = await Bench.LoadAsync(Clients, TimeSpan.FromSeconds(bench.IsLong ? 30 : 5), OnceAsync);
                bench.Percentiles($"sign-in.{engine}.{size}", times);
                bench.Figure($"sign-in.{engine}.{size}.statements", TestSite.Statements(answer), "statements");
                medians.Add(Bench.Percentile([.. times.Order()], 50));
            }
            bench.Figure($"growth.sign-in.{engine}", medians[1] / medians[0], "times");
        }
    }

    public static async Task PostAsync(Bench bench)
    {
        foreach (var database in new[] { "Sqlite", "Postgres" })
        {
            var engine = database.ToLowerInvariant();
            var medians = new List<double>();
            foreach (var (people, size) in Sizes)
            {
                await using var host = await StartAsync(database);
                await using var site = await TestSite.StartAsync(host, "Accounts", "TestAccounts");
                using var hashes = new PasswordHashes();
                var hash = await hashes.HashAsync(Password, CancellationToken.None);
                var admin = await SeedPeople.RunAsync(site, people, passwordHash: hash.Text);
                // One after the other, so that nobody waits for another's hash.
                var hashing = await Bench.TimeAsync(bench.IsLong ? 50 : 10, _ => hashes.CheckAsync(hash.Text, Password, CancellationToken.None));
                var visitors = new Visitors(site);
                await visitors.EnterAsync();
                var entering = new double[bench.IsLong ? 100 : 20];
                for (var i = 0; i < entering.Length; i++) entering[i] = await visitors.EnterAsync();
                bench.Percentiles($"sign-in-post.{engine}.{size}", entering);
                bench.Percentiles($"sign-in-post.{engine}.{size}.hash", hashing);
                var rest = Bench.Percentile([.. entering.Order()], 50) - Bench.Percentile([.. hashing.Order()], 50);
                bench.Figure($"sign-in-post.{engine}.{size}.rest.p50", rest, "ms");
                bench.Figure($"sign-in-post.{engine}.{size}.statements", visitors.Statements, "statements");
                medians.Add(Bench.Percentile([.. entering.Order()], 50));

                if (people == Sizes[0].People) await DashboardDuringSignInsAsync(bench, engine, site, visitors, admin);
            }
            bench.Figure($"growth.sign-in-post.{engine}", medians[1] / medians[0], "times");
        }
    }

    private static async Task DashboardDuringSignInsAsync(Bench bench, string engine, TestSite site, Visitors visitors, Guid admin)
    {
        (await site.Browser.PostAsJsonAsync("/test/sign-in", new { person = admin })).EnsureSuccessStatusCode();
        using var stop = new CancellationTokenSource();
        var crowd = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await visitors.EnterAsync();
        })).ToArray();

        Task OnceAsync(int _) => site.Browser.GetByteArrayAsync("/manage");
        await Bench.LoadAsync(Clients, TimeSpan.FromSeconds(2), OnceAsync);
        var (_, times) = await Bench.LoadAsync(Clients, TimeSpan.FromSeconds(bench.IsLong ? 30 : 5), OnceAsync);
        await stop.CancelAsync();
        await Task.WhenAll(crowd);
        bench.Percentiles($"dashboard.during-sign-ins.{engine}", times);
    }

    // Each visitor comes from an address of their own, as one proxy says, or the limits would answer for the site.
    private static Task<TestHost> StartAsync(string database) =>
        TestHost.StartAsync(database, options: options => options with { Proxies = [IPAddress.Loopback] });

    private sealed partial class Visitors(TestSite site)
    {
        private int _next;

        public int Statements { get; private set; }

        /// <summary>Somebody who is active signs in with the right password, in a browser of their own.</summary>
        /// <returns>How long the answer to the form took, in milliseconds.</returns>
        public async Task<double> EnterAsync()
        {
            var number = Interlocked.Increment(ref _next);
            using var browser = site.OtherBrowser();
            browser.DefaultRequestHeaders.Add("X-Forwarded-For", string.Create(CultureInfo.InvariantCulture, $"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"));
            var page = await browser.GetStringAsync("/sign-in");
            var start = Stopwatch.GetTimestamp();
            using var answer = await browser.PostAsync("/sign-in", new FormUrlEncodedContent(new Dictionary<string, string>
            {
                // The second and third of each fifty are suspended and invited.
                ["Input.Email"] = $"person{number % 190 * 50 + 3}@example.org",
                ["Input.Password"] = Password,
                ["__RequestVerificationToken"] = Token().Match(page).Groups[1].Value,
            }));
            var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (answer.StatusCode != HttpStatusCode.Redirect) throw new InvalidOperationException($"/sign-in answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            Statements = TestSite.Statements(answer);
            return took;
        }

        [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
        private static partial Regex Token();
    }
}
