using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Security;

public sealed class AuditOnSqlite() : AuditTests("Sqlite");

public sealed class AuditOnPostgres() : AuditTests("Postgres");

public abstract class AuditTests(string database) : IAsyncLifetime
{
    private static readonly Scope Thing = new("thing", Guid.CreateVersion7());

    private TestSite _site = null!; // made before each test

    public async Task InitializeAsync() => _site = await TestSite.StartAsync(database);

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task What_was_done_is_sealed_and_found_whole()
    {
        Assert.Equal(new(0, 0, 0, null), await VerifyAsync());
        await WriteAsync(3);
        await SealAsync();
        Assert.Equal(new(3, 0, 0, null), await VerifyAsync());

        await WriteAsync(1);
        await SealAsync();
        Assert.Equal(0, await SealAsync());
        Assert.Equal(new(4, 0, 0, null), await VerifyAsync());
    }

    [Fact]
    public async Task An_act_that_is_undone_leaves_no_row()
    {
        await _site.RunAsync(services => Assert.ThrowsAsync<InvalidOperationException>(() => services.GetRequiredService<Db>().TransactAsync(async () =>
        {
            await services.GetRequiredService<Audit>().WriteAsync("thing-made", Thing, new { }, default);
            throw new InvalidOperationException("undone");
        })));

        Assert.Empty(await _site.QueryAsync<Guid>($"SELECT id FROM audit"));
        Assert.Empty(await _site.QueryAsync<Guid>($"SELECT audit_id FROM audit_values"));
    }

    [Theory]
    [InlineData("UPDATE audit SET act = 'thing-loved' WHERE sequence = 2", 1, "Act 2 has been changed.")]
    [InlineData("UPDATE audit SET at = '2026-01-01T00:00:00.000000Z' WHERE sequence = 2", 1, "Act 2 has been changed.")]
    [InlineData("UPDATE audit SET actor = '00000000-0000-7000-8000-000000000001' WHERE sequence = 3", 2, "Act 3 has been changed.")]
    [InlineData("DELETE FROM audit WHERE sequence = 2", 1, "Act 2 is missing.")]
    [InlineData("DELETE FROM audit WHERE sequence = 3", 2, "The chain ends at 2, and 3 acts have been sealed.")]
    [InlineData("UPDATE audit_values SET json = '{\"n\":9}' WHERE audit_id = (SELECT id FROM audit WHERE sequence = 2)", 1, "The values of act 2 have been changed.")]
    [InlineData("UPDATE audit_values SET subject_kind = 'other' WHERE audit_id = (SELECT id FROM audit WHERE sequence = 1)", 0, "The values of act 1 have been changed.")]
    public async Task A_change_shows(string statement, long through, string broken)
    {
        await WriteAsync(3);
        await SealAsync();

        await _site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync(Sql.Trusted(statement)));

        Assert.Equal((through, broken), await VerifyAsync() is var proof ? (proof.Through, proof.Broken) : default);
    }

    [Fact]
    public async Task A_chain_written_anew_or_cut_off_shows_by_the_head_that_the_platform_keeps()
    {
        await WriteAsync(3);
        await _site.RunAsync(async services =>
        {
            var (db, chain) = (services.GetRequiredService<Db>(), services.GetRequiredService<AuditChain>());
            await chain.SealAsync(default);
            await chain.KeepHeadAsync(default);
            // At once, since the host seals by itself.
            await db.TransactAsync(async () =>
            {
                await db.ExecuteAsync($"UPDATE audit_chain SET sequence = 0, hash = ''");
                await db.ExecuteAsync($"UPDATE audit SET act = 'thing-loved', sequence = NULL, hash = NULL");
            });
            await chain.SealAsync(default);
        });
        Assert.Equal("Act 3 is not the one that the platform has seen: the chain has been written anew.", (await VerifyAsync()).Broken);

        await _site.RunAsync(async services =>
        {
            var db = services.GetRequiredService<Db>();
            await db.ExecuteAsync($"DELETE FROM audit WHERE sequence = 3");
            await db.ExecuteAsync($"UPDATE audit_chain SET sequence = 2, hash = (SELECT hash FROM audit WHERE sequence = 2)");
        });
        Assert.Equal("The platform has seen a chain of 3 acts, and this one ends at 2.", (await VerifyAsync()).Broken);
    }

    [Fact]
    public async Task Erasing_a_person_leaves_the_chain_whole_and_no_name()
    {
        var ann = await _site.PersonAsync("Ann");
        await _site.RunAsync(services => services.GetRequiredService<Audit>().WriteAsync(
            "thing-made", Thing, new { Mail = "ann@example.org" }, default, about: ann, by: new(ActorKind.Person, ann, "Ann")));
        await WriteAsync(1);
        await SealAsync();
        Assert.Equal("Ann", (await PageAsync(new()))[1].Name);

        // As the declaration of these two tables says: rows of an erased person are removed.
        await _site.RunAsync(async services =>
        {
            await services.GetRequiredService<Db>().ExecuteAsync($"DELETE FROM audit_actors WHERE person_id = {ann}");
            await services.GetRequiredService<Db>().ExecuteAsync($"DELETE FROM audit_values WHERE about = {ann}");
        });

        Assert.Equal(new(2, 0, 1, null), await VerifyAsync());
        var erased = (await PageAsync(new()))[1];
        Assert.Equal(("thing-made", null, null, null), (erased.Act, erased.Name, erased.PersonId, erased.Json));
    }

    [Fact]
    public async Task An_auditor_asks_by_person_act_and_subject_and_turns_pages()
    {
        var ann = new Actor(ActorKind.Person, await _site.PersonAsync("Ann"), "Ann");
        await WriteAsync(5);
        await _site.RunAsync(services => services.GetRequiredService<Audit>().WriteAsync("thing-read", Thing, new { }, default, by: ann));

        Assert.Equal("thing-read", Assert.Single(await PageAsync(new() { Person = ann.Id })).Act);
        Assert.Equal(5, (await PageAsync(new() { Act = "thing-made" })).Count);
        Assert.Equal(6, (await PageAsync(new() { Subject = Thing })).Count);
        Assert.Empty(await PageAsync(new() { Subject = Thing with { Id = Guid.NewGuid() } }));
        Assert.Empty(await PageAsync(new() { Until = DateTimeOffset.UtcNow.AddHours(-1) }));

        var seen = new List<Guid>();
        for (AuditPlace? after = null; await PageAsync(new(), after, 4) is { Count: > 0 } page; after = page[^1].Place) seen.AddRange(page.Select(entry => entry.Id));
        Assert.Equal((6, 6), (seen.Count, seen.Distinct().Count()));
    }

    [Fact]
    public async Task Two_hosts_that_seal_at_once_make_one_chain()
    {
        await WriteAsync(40);
        await Task.WhenAll(SealAsync(), SealAsync(), SealAsync());

        Assert.Equal(new(40, 0, 0, null), await VerifyAsync());
    }

    [Fact]
    public async Task A_change_of_roles_is_an_act()
    {
        var ann = await _site.PersonAsync("Ann");
        await _site.RunAsync(services => services.GetRequiredService<Roles>().AssignAsync(ann, Roles.Learner, Scope.Tenant, default));

        var entry = Assert.Single(await PageAsync(new() { Subject = new("person", ann) }));
        Assert.Equal("role-assigned", entry.Act);
        Assert.Contains(Roles.Learner.ToString(), entry.Json);
    }

    [Fact]
    public async Task A_host_seals_what_it_wrote_within_seconds()
    {
        await WriteAsync(2);

        var deadline = DateTime.UtcNow.AddSeconds(20);
        while ((await VerifyAsync()).Through < 2 && DateTime.UtcNow < deadline) await Task.Delay(100);

        Assert.Equal(new(2, 0, 0, null), await VerifyAsync());
    }

    private Task WriteAsync(int acts) => _site.RunAsync(async services =>
    {
        for (var n = 0; n < acts; n++) await services.GetRequiredService<Audit>().WriteAsync("thing-made", Thing, new { n }, default);
    });

    private Task<int> SealAsync() => _site.RunAsync(services => services.GetRequiredService<AuditChain>().SealAsync(default));

    private Task<AuditProof> VerifyAsync() => _site.RunAsync(services => services.GetRequiredService<AuditChain>().VerifyAsync(default));

    private Task<List<AuditEntry>> PageAsync(AuditFilter filter, AuditPlace? after = null, int count = 100) =>
        _site.RunAsync(services => services.GetRequiredService<Audit>().PageAsync(filter, after, count, default));
}
