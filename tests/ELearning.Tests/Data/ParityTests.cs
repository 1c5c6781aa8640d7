using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ELearning.Data;
using ELearning.Hello;
using ELearning.Keeping;
using ELearning.Security;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning;

/// <summary>The runner starts these when all others have ended, so that there is something to look back on.</summary>
[CollectionDefinition(nameof(AfterAllOthers), DisableParallelization = true)]
public sealed class AfterAllOthers;

/// <summary>
/// Every statement that the suite has sent, once more, on both databases over the same rows. Run by itself it has what a
/// tour through the kernel's use cases sends.
/// </summary>
[Collection(nameof(AfterAllOthers))]
public sealed partial class ParityTests
{
    // Made to fail, or to be in conflict with others.
    private static readonly string[] Odd = ["TestBrokenMigration", "TestBrokenServices", "TestNotesRival"];

    [Fact]
    public async Task Every_statement_of_the_suite_is_answered_alike_by_both_databases()
    {
        var (sqlite, postgres) = (await TestHost.SharedAsync("Sqlite"), await TestHost.SharedAsync("Postgres"));
        var catalog = sqlite.Services.GetRequiredService<FeatureCatalog>();
        string[] on = [.. catalog.All.Where(feature => feature.Info is { AlwaysOn: false, PlatformOnly: false, OnWhenAll.Length: 0 } && !Odd.Contains(feature.Id)).Select(feature => feature.Id)];
        await using var site = await TestSite.StartAsync(sqlite, on);
        var tour = new ParityRecorder();
        tour.Listen(sqlite.Services.GetRequiredService<Engine>());
        await TourAsync(site);
        // Before anything happened, so that what was inserted may be again; and after, so that there is something to find.
        var people = await RowsAsync(site, only: "people");
        var all = await RowsAsync(site);

        var problems = new List<string>();
        var (asked, answered) = (0, 0);
        foreach (var rows in new[] { people, all })
        {
            await using var here = await Copy.MakeAsync(sqlite, catalog, on, rows, reversed: false);
            await using var there = await Copy.MakeAsync(postgres, catalog, on, rows, reversed: true);
            foreach (var seen in new[] { tour, TestHost.Seen })
            {
                var parity = await seen.CompareAsync(here.Store, there.Store);
                problems.AddRange(parity.Differences);
                // The tour sends the product's own statements only; what a test asks for itself may come in any order.
                if (seen == tour) problems.AddRange(parity.Unordered.Select(text => $"{text}\n  gives several rows in no order."));
                (asked, answered) = (asked + parity.Asked, answered + parity.Answered);
            }
        }

        Assert.True(tour.Count > 60, $"The tour sent {tour.Count} statements.");
        Assert.True(answered > 60, $"Of {asked} statements {answered} met any rows.");
        problems = [.. problems.Distinct()];
        Assert.True(problems.Count == 0, $"{problems.Count} of {asked} statements ({answered} met rows):\n{string.Join("\n", problems)}");
    }

    // What pages, jobs and commands do, so that statements come with ids of rows that are there.
    private static async Task TourAsync(TestSite site)
    {
        var (ann, bob, eve) = (await site.PersonAsync("Ann"), await site.PersonAsync("Bob"), await site.PersonAsync("Eve"));
        await site.RunAsync(async services =>
        {
            var roles = services.GetRequiredService<Roles>();
            await roles.AssignAsync(ann, Roles.Administrator, Scope.Tenant, default);
            await roles.AssignAsync(bob, Roles.Learner, Scope.Tenant, default);
            var role = (await roles.AddAsync("Keeper", "Keeps", [Security.LibraryFeature.Tidy, HelloFeature.Permissions.Moderate], default))!.Value;
            await roles.AssignAsync(bob, role, new("shelf", Guid.CreateVersion7()), default);
            var made = (await roles.ListAsync(default)).Single(one => one.Id == role);
            await roles.SaveAsync(made with { Description = "Keeps all" }, default);
            await roles.WithdrawAsync(bob, Roles.Learner, Scope.Tenant, default);
            await roles.RemoveAsync(role, default);
        });

        await site.Browser.PostAsJsonAsync("/test/sign-in", new TestAccountsFeature.SignIn(ann));
        for (var i = 0; i < 3; i++)
        {
            var page = await site.Browser.GetStringAsync("/hello");
            (await site.Browser.PostAsync("/hello", new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["Input.Name"] = "Ann",
                ["Input.Text"] = $"Greeting {i}",
                ["__RequestVerificationToken"] = Token().Match(page).Groups[1].Value,
            }))).Dispose();
        }
        var greetings = (await site.Browser.GetFromJsonAsync<Greeting[]>("/hello/greetings"))!;
        (await site.Browser.DeleteAsync($"/hello/greetings/{greetings[0].Id}")).EnsureSuccessStatusCode();
        for (var i = 0; i < 3; i++) (await site.Browser.PutAsync($"/test/notes/{Guid.CreateVersion7()}?text=note", null)).EnsureSuccessStatusCode();
        await site.Browser.GetStringAsync("/test/notes");
        await site.Browser.GetStringAsync("/test/who");
        await site.Browser.GetStringAsync("/test/library/catalogue");

        await site.RunAsync(async services =>
        {
            var sessions = services.GetRequiredService<Sessions>();
            await sessions.OfAsync(ann, default);
            await sessions.RevokeAllAsync(bob, null, default);
            var jobs = services.GetRequiredService<Jobs>();
            var job = await jobs.EnqueueAsync("tidy-guest-book", dueAt: DateTimeOffset.UtcNow.AddDays(1), requestedBy: eve);
            await jobs.FindAsync(job);
            await jobs.CancelAsync(job);
            await services.GetRequiredService<ParkedFacts>().ListAsync(10);

            var blobs = services.GetRequiredService<Blobs.BlobStore>();
            var (first, second) = (new Blobs.BlobOwner("cover", Guid.CreateVersion7()), new Blobs.BlobOwner("avatar", eve));
            foreach (var owner in new[] { first, second })
                await blobs.KeepAsync((await blobs.ReceiveAsync(new MemoryStream([1, 2, 3]), 1000, default))!, owner, "a.png", "image/png", 10_000, default);
            var blob = (await blobs.ListAsync(first, default)).Single();
            await blobs.FindAsync(first, blob.Hash, default);
            await blobs.CopyAsync(first, new("cover", Guid.CreateVersion7()), default);
            await blobs.ReleaseAsync(first, blob.Hash, default);
            await blobs.UsageAsync(default);
            await blobs.SweepAsync(default);

            var audit = services.GetRequiredService<Audit>();
            await audit.WriteAsync("record-read", new("person", eve), new { Why = "asked" }, default, about: eve);
            await audit.PageAsync(new() { Act = "record-read", Person = ann, Subject = new("person", eve), From = DateTimeOffset.UnixEpoch, Until = DateTimeOffset.UtcNow }, null, 10, default);
            var page = await audit.PageAsync(new(), null, 2, default);
            await audit.PageAsync(new(), page[^1].Place, 10, default);
            var chain = services.GetRequiredService<AuditChain>();
            await chain.SealAsync(default);
            await chain.VerifyAsync(default);
        });
        await site.Host.Services.GetRequiredService<ExportPerson>().RunAsync(site.Tenant, eve, new MemoryStream(), default);
        await site.RunAsync(services => services.GetRequiredService<ErasePerson>().RunAsync(eve, default));
    }

    // All that is in the tenant's tables, as an archive would have it.
    private static async Task<Dictionary<string, byte[]>> RowsAsync(TestSite site, string? only = null)
    {
        var rows = new Dictionary<string, byte[]>();
        await using var owner = site.Host.Services.GetRequiredService<Engine>().OpenAsOwner(site.Tenant.Key);
        await using var snapshot = await owner.BorrowAsync(Use.Snapshot, default);
        foreach (var (name, table) in await TableShape.ReadAllAsync(snapshot, owner.Dialect, default))
        {
            if (name == "schema_versions" || name.StartsWith("search_", StringComparison.Ordinal) || table.Key.Length == 0 || only is not null && name != only) continue;
            var target = new MemoryStream();
            await TableRows.WriteAsync(snapshot, table, null, target, default);
            rows[name] = target.ToArray();
        }
        return rows;
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();

    /// <summary>A database with those rows that belongs to no tenant: no host sends anything of its own there.</summary>
    private sealed class Copy(Engine engine, string key) : IAsyncDisposable
    {
        public Store Store { get; } = engine.Open(key);

        /// <param name="reversed">The last row goes in first: what is in no order shows itself.</param>
        public static async Task<Copy> MakeAsync(TestHost host, FeatureCatalog catalog, string[] on, Dictionary<string, byte[]> rows, bool reversed)
        {
            var (engine, key) = (host.Services.GetRequiredService<Engine>(), $"parity_{Guid.NewGuid().ToString("N")[..8]}");
            await engine.CreateAsync(key, default);
            var copy = new Copy(engine, key);
            await host.Services.GetRequiredService<Migrator>().MigrateAsync(key, catalog.Schemas, catalog.Closure(on).Select(feature => feature.Id).ToHashSet(), default);

            await using var owner = engine.OpenAsOwner(key);
            await using var transaction = await owner.BorrowAsync(Use.Migration, default);
            var shapes = await TableShape.ReadAllAsync(transaction, owner.Dialect, default);
            var keys = await LooseForeignKeys.TakeAsync(transaction, owner.Dialect, default);
            // What migrations have put in. All of it first: a DELETE may cascade on PostgreSQL.
            foreach (var name in rows.Keys) await transaction.ExecuteAsync($"DELETE FROM {Sql.Name(name)}", default);
            foreach (var (name, lines) in rows)
            {
                var values = TableRows.Read(shapes[name], new MemoryStream(lines)).ToList();
                if (reversed) values.Reverse();
                await transaction.InsertAsync(name, [.. shapes[name].Columns.Select(column => column.Name)], values, default);
            }
            await keys.CheckAsync(default);
            await transaction.CommitAsync(default);
            return copy;
        }

        public async ValueTask DisposeAsync() => await engine.DropAsync(key, default);
    }
}
