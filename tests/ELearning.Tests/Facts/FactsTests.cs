using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Tests;

public sealed class FactsTests : IAsyncLifetime
{
    private readonly HandClock _clock = new();
    private readonly Guid _book = Guid.NewGuid();
    private EmptyEngine _empty = null!; // made before each test
    private BareTenant? _open;

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    private BareTenant School => _open!; // opened by each test, on its engine

    public Task InitializeAsync()
    {
        _empty = EmptyEngine.Make();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (_open is not null) await _open.DisposeAsync();
        await _empty.DisposeAsync();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Facts_reach_their_handler_in_the_order_of_their_subject(string engine)
    {
        await StartAsync(engine);
        var other = Guid.NewGuid();
        for (var i = 1; i <= 100; i++) await LendAsync(i % 3 == 0 ? other : _book, i);

        await Drain.DeliverAsync(School.Open, default);

        var ledger = await LedgerAsync();
        Assert.Equal(Enumerable.Range(1, 100).Where(i => i % 3 != 0), ledger.Where(loan => loan.Book == _book).Select(loan => loan.Number));
        Assert.Equal(Enumerable.Range(1, 100).Where(i => i % 3 == 0), ledger.Where(loan => loan.Book == other).Select(loan => loan.Number));
        Assert.Equal(0, await OutboxAsync());
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_fact_of_a_transaction_that_is_rolled_back_was_never_published(string engine)
    {
        await StartAsync(engine);

        await Assert.ThrowsAsync<InvalidOperationException>(() => School.DoAsync<Db>(async db => await db.TransactAsync(async () =>
        {
            await using var scope = School.Open();
            var facts = new Facts(db, scope.Services.GetRequiredService<FactRoutes>(), StateOf(db, scope), _clock);
            await facts.PublishAsync(new BookLent(_book, 1));
            throw new InvalidOperationException("No.");
        })));

        Assert.Equal(0, await OutboxAsync());
        Assert.False(School.Nudges.Tenants.TryRead(out _));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_handler_that_takes_too_long_is_broken_off_and_tried_again_later(string engine)
    {
        await StartAsync(engine);
        await LendAsync(_book, WriteDown.Endless);
        _clock.TimersFireAtOnce = true;

        await Drain.DeliverAsync(School.Open, default);

        Assert.Empty(await LedgerAsync());
        var waiting = Assert.Single(await School.DoAsync<Db, List<string>>(db => db.ListAsync<string>($"SELECT error FROM outbox WHERE attempts = 1")));
        Assert.Contains("took longer than 30 seconds", waiting);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_fact_that_keeps_failing_is_parked_and_holds_back_only_its_own_subject(string engine)
    {
        await StartAsync(engine);
        var other = Guid.NewGuid();
        WriteDown.TornBooks.Add(_book);
        foreach (var book in new[] { _book, other })
            foreach (var number in new[] { 12, WriteDown.Torn, 14 })
                await LendAsync(book, number);

        for (var attempt = 1; attempt <= 6; attempt++)
        {
            await Drain.DeliverAsync(School.Open, default);
            _clock.Now += TimeSpan.FromMinutes(11);
        }

        Assert.Equal([12], (await LedgerAsync()).Where(loan => loan.Book == _book).Select(loan => loan.Number));
        Assert.Equal([12, 13, 14], (await LedgerAsync()).Where(loan => loan.Book == other).Select(loan => loan.Number));
        var parked = Assert.Single(await School.DoAsync((ParkedFacts facts) => facts.ListAsync(10)));
        Assert.Equal(("Ledger/WriteDown", "book-lent", _book, 6, 1), (parked.Handler, parked.Fact, parked.SubjectId, parked.Attempts, parked.Behind));
        Assert.Contains("torn", parked.Error, StringComparison.Ordinal);

        WriteDown.TornBooks.Remove(_book);
        Assert.True(await School.DoAsync((ParkedFacts facts) => facts.RetryAsync(parked.Id)));
        await Drain.DeliverAsync(School.Open, default);
        Assert.Equal([12, 13, 14], (await LedgerAsync()).Where(loan => loan.Book == _book).Select(loan => loan.Number));
        Assert.False(await School.DoAsync((ParkedFacts facts) => facts.RetryAsync(parked.Id)));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_parked_fact_that_is_dropped_lets_the_next_ones_pass(string engine)
    {
        await StartAsync(engine);
        WriteDown.TornBooks.Add(_book);
        await LendAsync(_book, WriteDown.Torn);
        await LendAsync(_book, 14);
        for (var attempt = 1; attempt <= 6; attempt++)
        {
            await Drain.DeliverAsync(School.Open, default);
            _clock.Now += TimeSpan.FromMinutes(11);
        }

        var parked = Assert.Single(await School.DoAsync((ParkedFacts facts) => facts.ListAsync(10)));
        Assert.True(await School.DoAsync((ParkedFacts facts) => facts.DropAsync(parked.Id)));
        await Drain.DeliverAsync(School.Open, default);

        Assert.Equal([14], (await LedgerAsync()).Select(loan => loan.Number));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Facts_of_a_disabled_feature_are_kept_thirty_days(string engine)
    {
        await StartAsync(engine);
        await LendAsync(_book, 1);
        await School.UseAsync("Lending");
        await LendAsync(_book, 2);
        await Drain.DeliverAsync(School.Open, default);
        Assert.Empty(await LedgerAsync());

        _clock.Now += TimeSpan.FromDays(29);
        await Drain.ClearAsync(School.Open, default);
        await School.UseAsync("Lending", "Ledger");
        await Drain.DeliverAsync(School.Open, default);
        Assert.Equal([1], (await LedgerAsync()).Select(loan => loan.Number));

        await LendAsync(_book, 3);
        await School.UseAsync("Lending");
        _clock.Now += TimeSpan.FromDays(31);
        await Drain.ClearAsync(School.Open, default);
        Assert.Equal(0, await OutboxAsync());
        Assert.Equal(["held-facts-dropped"], await School.DoAsync((Db db) => db.ListAsync<string>($"SELECT act FROM audit")));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_handler_that_is_enabled_later_makes_up_by_its_backfill(string engine)
    {
        await StartAsync(engine, "Lending");
        await LendAsync(_book, 1);
        await School.UseAsync("Lending", "Ledger");
        await School.UseAsync("Lending", "Ledger");

        await Drain.DeliverAsync(School.Open, default);
        while (await Drain.TakeJobAsync(School.Open, default) is { } job) await RunJob.RunAsync(School.Open, job, default);

        Assert.Equal([-1], (await LedgerAsync()).Select(loan => loan.Number));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task An_idle_tenant_is_not_marked_and_one_with_work_is(string engine)
    {
        await StartAsync(engine);
        await Drain.ClearAsync(School.Open, default);
        var tidy = await DueAtAsync();
        Assert.Equal(_clock.Now.Date.AddDays(1).AddHours(1.5), tidy!.Value.UtcDateTime);

        await LendAsync(_book, 1);
        Assert.Equal(_clock.Now, await DueAtAsync());
        Assert.True(School.Nudges.Tenants.TryRead(out var nudged));
        Assert.Equal("school", nudged);
        await Drain.ClearAsync(School.Open, default);
        Assert.Equal(_clock.Now, await DueAtAsync());

        await Drain.DeliverAsync(School.Open, default);
        await Drain.ClearAsync(School.Open, default);
        Assert.Equal(tidy, await DueAtAsync());
    }

    [Fact]
    public void Stored_facts_of_every_version_can_still_be_read()
    {
        Assert.Equal(new(Guid.Parse("0198a5c2-7a3e-7c11-9d0a-0d7f6c1e2b3a"), 7), Json.To<BookLent>(
            """{"book":"0198a5c2-7a3e-7c11-9d0a-0d7f6c1e2b3a","number":7,"fieldOfALaterVersion":true}"""));
    }

    private async Task StartAsync(string engine, params string[] features)
    {
        _open = await BareTenant.StartAsync(EmptyEngine.Open(_empty.Address(engine)), [new LendingFeature(), new LedgerFeature()], _clock);
        if (features.Length > 0) await School.UseAsync(features);
        await School.DoAsync<Db>(async db =>
        {
            await db.ExecuteAsync($"DELETE FROM jobs WHERE NOT scheduled");
            if (features.Length > 0) await db.ExecuteAsync($"DELETE FROM fact_handlers");
        });
        while (School.Nudges.Tenants.TryRead(out _)) { }
    }

    private OutboxState StateOf(Db db, ShellScope scope) => new(
        db, School.Tenant, scope.Services.GetRequiredService<FactRoutes>(), scope.Services.GetRequiredService<OutboxLock>(), scope.Services.GetRequiredService<Wakeups>(), School.Nudges, _clock);

    private Task LendAsync(Guid book, int number) => School.DoAsync((Facts facts) => facts.PublishAsync(new BookLent(book, number)));

    private Task<List<Loan>> LedgerAsync() => School.DoAsync((Db db) => db.ListAsync<Loan>($"SELECT book, number FROM ledger ORDER BY id"));

    private async Task<long> OutboxAsync() => await School.DoAsync((Db db) => db.FirstAsync<long?>($"SELECT COUNT(*) FROM outbox")) ?? -1;

    private Task<DateTimeOffset?> DueAtAsync() => School.Platform.Open().FirstAsync<DateTimeOffset?>($"SELECT due_at FROM wakeups WHERE tenant = 'school'");

    private sealed record Loan(Guid Book, int Number);
}
