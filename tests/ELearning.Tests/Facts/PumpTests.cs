using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Tests;

public sealed class PumpTests
{
    public static TheoryData<string> Engines => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Engines))]
    public async Task A_host_delivers_what_is_published_runs_what_is_asked_for_and_forgets_the_tenant(string engine)
    {
        await using var host = await TestHost.StartAsync(engine, [new LendingFeature(), new LedgerFeature()]);
        await using var site = await TestSite.StartAsync(host, "Lending", "Ledger");
        var book = Guid.NewGuid();

        await site.RunAsync(services => services.GetRequiredService<Facts>().PublishAsync(new BookLent(book, 1)));
        var id = await site.RunAsync(services => services.GetRequiredService<Jobs>().EnqueueAsync(CountLoans.Name));

        await UntilAsync(async () => (await site.QueryAsync<int>($"SELECT number FROM ledger WHERE book = {book}")).Count == 1);
        await UntilAsync(async () => (await site.QueryAsync<int>($"SELECT times FROM counted WHERE id = {id}")).SequenceEqual([1]));
        await UntilAsync(async () => await host.Services.GetRequiredService<PlatformDb>().Open().FirstAsync<DateTimeOffset?>(
            $"SELECT due_at FROM wakeups WHERE tenant = {site.Name}") > DateTimeOffset.UtcNow);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Upkeep_that_wakes_nobody_is_done_while_its_tenant_is_active(string engine)
    {
        var clock = new HandClock();
        await using var host = await TestHost.StartAsync(engine, [new LendingFeature()], configure: builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await using var site = await TestSite.StartAsync(host, "Lending");

        // The tenant is active, since this test asks it again and again.
        await UntilAsync(async () =>
        {
            clock.Now += TimeSpan.FromHours(1);
            return (await site.QueryAsync<string>($"SELECT state FROM jobs WHERE name = 'purge-trash'")).Contains("Done");
        });
    }

    // Waits on the clock of the wall: this is what a host does by itself.
    private static async Task UntilAsync(Func<Task<bool>> done)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await done())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10), "It did not happen within ten seconds.");
            await Task.Delay(20);
        }
    }
}
