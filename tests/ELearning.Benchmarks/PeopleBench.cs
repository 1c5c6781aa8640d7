using System.Net;
using System.Net.Http.Json;

namespace ELearning;

/// <summary>The pages of an administrator on a site with many people, under eight clients, at two sizes: what grows with the people shows.</summary>
internal static class PeopleBench
{
    private const int Clients = 8;
    private static readonly (int People, string Name)[] Sizes = [(10_000, "10k"), (100_000, "100k")];

    public static Task PeopleAsync(Bench bench) => RunAsync(bench, "people",
        ["/manage/people?q=mul&sort=Seen", $"/manage/people?role={Roles.Learner}&state=Active&sort=Joined", "/manage/people?state=Suspended&sort=Seen", "/manage/people?q=ada+by", "/manage/people?sort=Seen&seen=Month"]);

    public static Task AuditAsync(Bench bench) => RunAsync(bench, "audit",
        ["/manage/reports/audit", "/manage/reports/audit?act=role-assigned", "/manage/reports/audit?person={0}", "/manage/reports/audit?person={0}&act=signed-in"], actsEach: 10);

    public static Task DashboardAsync(Bench bench) => RunAsync(bench, "dashboard", ["/manage"]);

    private static async Task RunAsync(Bench bench, string name, string[] paths, int actsEach = 0)
    {
        foreach (var database in new[] { "Sqlite", "Postgres" })
        {
            var engine = database.ToLowerInvariant();
            var medians = new List<double>();
            foreach (var (people, size) in Sizes)
            {
                await using var host = await TestHost.StartAsync(database);
                await using var site = await TestSite.StartAsync(host, "Accounts", "TestAccounts");
                var admin = await SeedPeople.RunAsync(site, people, people * actsEach);
                (await site.Browser.PostAsJsonAsync("/test/sign-in", new { person = admin })).EnsureSuccessStatusCode();
                var urls = Array.ConvertAll(paths, path => path.Replace("{0}", admin.ToString(), StringComparison.Ordinal));

                var most = 0;
                foreach (var url in urls.Concat(urls))
                {
                    using var answer = await site.Browser.GetAsync(url);
                    if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{url} answered {answer.StatusCode}.");
                    most = Math.Max(most, TestSite.Statements(answer));
                }

                var turn = 0;
                Task OnceAsync(int _) => site.Browser.GetByteArrayAsync(urls[Interlocked.Increment(ref turn) % urls.Length]);
                await Bench.LoadAsync(Clients, TimeSpan.FromSeconds(bench.IsLong ? 10 : 3), OnceAsync);
                var (_, times) = await Bench.LoadAsync(Clients, TimeSpan.FromSeconds(bench.IsLong ? 30 : 5), OnceAsync);
                bench.Percentiles($"{name}.{engine}.{size}", times);
                bench.Figure($"{name}.{engine}.{size}.statements", most, "statements");
                medians.Add(Bench.Percentile([.. times.Order()], 50));
            }
            bench.Figure($"growth.{name}.{engine}", medians[1] / medians[0], "times");
        }
    }
}
