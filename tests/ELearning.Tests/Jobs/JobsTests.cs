using ELearning.Data;
using Xunit;

namespace ELearning.Tests;

public sealed class JobsTests : IAsyncLifetime
{
    private readonly HandClock _clock = new();
    private EmptyEngine _empty = null!; // made before each test
    private BareTenant _school = null!; // made by each test, on its engine

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    public Task InitializeAsync()
    {
        _empty = EmptyEngine.Make();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _school.DisposeAsync();
        await _empty.DisposeAsync();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_job_runs_and_says_what_came_of_it(string engine)
    {
        await StartAsync(engine);
        var id = await EnqueueAsync("progress");
        Assert.Equal(JobState.Queued, (await FindAsync(id)).State);

        await WorkAsync();

        var status = await FindAsync(id);
        Assert.Equal((JobState.Done, 100, "Counting", "counted", 1), (status.State, status.Percent, status.Progress, status.Result, status.Attempts));
        Assert.Equal(1, await TimesAsync(id));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_highest_priority_goes_first_and_nothing_before_its_time(string engine)
    {
        await StartAsync(engine);
        var low = await EnqueueAsync();
        var high = await EnqueueAsync(priority: 5);
        var later = await EnqueueAsync(priority: 9, dueAt: _clock.Now.AddMinutes(1));

        Assert.Equal(high, (await TakeAsync())!.Id);
        Assert.Equal(low, (await TakeAsync())!.Id);
        Assert.Null(await TakeAsync());
        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(later, (await TakeAsync())!.Id);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Many_hosts_take_every_job_once(string engine)
    {
        await StartAsync(engine);
        var ids = new List<Guid>();
        for (var i = 0; i < 40; i++) ids.Add(await EnqueueAsync());

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var mine = new List<Guid>();
            while (await TakeAsync() is { } job) mine.Add(job.Id);
            return mine;
        }));

        Assert.Equal(ids.Order(), taken.SelectMany(mine => mine).Order());
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_job_whose_host_is_gone_is_taken_by_another_and_the_first_changes_nothing_any_more(string engine)
    {
        await StartAsync(engine);
        var id = await EnqueueAsync();
        var lost = (await TakeAsync())!;
        Assert.Null(await TakeAsync());

        _clock.Now += JobQueue.Lease;
        var taken = (await TakeAsync())!;

        Assert.Equal((id, 2), (taken.Id, taken.Attempts));
        await _school.DoAsync((JobQueue queue) => queue.EndAsync(lost, JobState.Done, "lost", null, default));
        Assert.False(await _school.DoAsync((JobQueue queue) => queue.RenewAsync(lost, default)));
        Assert.Equal(JobState.Running, (await FindAsync(id)).State);
        await RunJob.RunAsync(_school.Open, taken, default);
        Assert.Equal(JobState.Done, (await FindAsync(id)).State);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_failing_job_is_tried_five_times(string engine)
    {
        await StartAsync(engine);
        var id = await EnqueueAsync("fail");
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            Assert.Equal(JobState.Queued, (await FindAsync(id)).State);
            await WorkAsync();
            await WorkAsync();
            Assert.Equal(attempt, (await FindAsync(id)).Attempts);
            _clock.Now += TimeSpan.FromMinutes(31);
        }

        var status = await FindAsync(id);
        Assert.Equal((JobState.Failed, "InvalidOperationException: Cannot count."), (status.State, status.Error));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_host_that_stops_gives_its_jobs_back_at_once(string engine)
    {
        await StartAsync(engine);
        var id = await EnqueueAsync("wait");
        using var stopping = new CancellationTokenSource();
        var running = RunJob.RunAsync(_school.Open, (await TakeAsync())!, stopping.Token);

        await stopping.CancelAsync();
        await running;

        Assert.Equal((JobState.Queued, 0), ((await FindAsync(id)).State, (await FindAsync(id)).Attempts));
        Assert.Equal(id, (await TakeAsync())!.Id);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_cancelled_job_stops_at_its_next_sign_of_life(string engine)
    {
        await StartAsync(engine);
        // Taken before the other is there: which of two that are due at one moment comes first is not said.
        var running = await EnqueueAsync("progress");
        var job = (await TakeAsync())!;
        var waiting = await EnqueueAsync();
        Assert.True(await _school.DoAsync((Jobs jobs) => jobs.CancelAsync(running)));
        Assert.True(await _school.DoAsync((Jobs jobs) => jobs.CancelAsync(waiting)));

        await RunJob.RunAsync(_school.Open, job, default);

        Assert.Equal(JobState.Cancelled, (await FindAsync(running)).State);
        Assert.Equal(JobState.Cancelled, (await FindAsync(waiting)).State);
        Assert.Equal(0, await TimesAsync(running));
        Assert.Null(await TakeAsync());
        Assert.False(await _school.DoAsync((Jobs jobs) => jobs.CancelAsync(running)));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Jobs_of_a_disabled_feature_are_held_until_it_is_on_again(string engine)
    {
        await StartAsync(engine);
        var id = await EnqueueAsync();
        await _school.UseAsync("Ledger");
        Assert.Equal(JobState.Held, (await FindAsync(id)).State);
        var late = await EnqueueAsync();
        Assert.Null(await TakeAsync());
        Assert.Equal(JobState.Held, (await FindAsync(late)).State);

        await _school.UseAsync("Lending", "Ledger");
        await WorkAsync();
        Assert.Equal(JobState.Done, (await FindAsync(id)).State);
        Assert.Equal(JobState.Done, (await FindAsync(late)).State);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_schedule_runs_once_a_day_and_always_has_a_next_time(string engine)
    {
        await StartAsync(engine);
        await WorkAsync();
        Assert.Equal("Queued", await TidyAsync());
        for (var day = 1; day <= 3; day++)
        {
            _clock.Now += TimeSpan.FromDays(1);
            await WorkAsync();
            await WorkAsync();
            Assert.Equal(string.Concat(Enumerable.Repeat("Done ", day)) + "Queued", await TidyAsync());
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Upkeep_wakes_no_tenant_and_is_done_when_something_else_does(string engine)
    {
        _school = await BareTenant.StartAsync(EmptyEngine.Open(_empty.Address(engine)), [new LendingFeature()], _clock);
        Assert.Empty(await MarksAsync());

        _clock.Now += TimeSpan.FromDays(1);
        await EnqueueAsync();
        Assert.Single(await MarksAsync());
        while (await TakeAsync() is { } job)
        {
            // One that has begun is looked after, asleep or not.
            await Drain.ClearAsync(_school.Open, default);
            Assert.Single(await MarksAsync());
            await _school.DoAsync((JobQueue queue) => queue.EndAsync(job, JobState.Done, null, null, default));
        }
        await Drain.ClearAsync(_school.Open, default);

        Assert.Equal("Done Queued", await StatesAsync("seal-audit"));
        Assert.Equal("Done Queued", await StatesAsync("purge-trash"));
        Assert.Empty(await MarksAsync());
    }

    private async Task StartAsync(string engine)
    {
        _school = await BareTenant.StartAsync(EmptyEngine.Open(_empty.Address(engine)), [new LendingFeature(), new LedgerFeature()], _clock);
        await _school.DoAsync((Db db) => db.ExecuteAsync($"DELETE FROM jobs WHERE NOT scheduled"));
    }

    private Task<Guid> EnqueueAsync(string argument = "", int priority = 0, DateTimeOffset? dueAt = null) =>
        _school.DoAsync((Jobs jobs) => jobs.EnqueueAsync(CountLoans.Name, argument, dueAt, priority));

    private Task<Leased?> TakeAsync() => Drain.TakeJobAsync(_school.Open, default);

    private async Task WorkAsync()
    {
        while (await TakeAsync() is { } job) await RunJob.RunAsync(_school.Open, job, default);
    }

    private async Task<JobStatus> FindAsync(Guid id) => (await _school.DoAsync((Jobs jobs) => jobs.FindAsync(id)))!;

    private async Task<int> TimesAsync(Guid id) => await _school.DoAsync((Db db) => db.FirstAsync<int?>($"SELECT times FROM counted WHERE id = {id}")) ?? 0;

    private Task<string> TidyAsync() => StatesAsync(Tidy.Name);

    private async Task<string> StatesAsync(string name) =>
        string.Join(' ', await _school.DoAsync((Db db) => db.ListAsync<string>($"SELECT state FROM jobs WHERE name = {name} ORDER BY state, id")));

    private Task<List<string>> MarksAsync() => _school.Platform.Open().ListAsync<string>($"SELECT tenant FROM wakeups ORDER BY tenant");
}
