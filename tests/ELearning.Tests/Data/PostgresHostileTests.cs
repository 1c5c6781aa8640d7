using Npgsql;
using Xunit;

namespace ELearning.Data;

/// <summary>What somebody who can put SQL into a tenant's statement may and may not do (docs/adr/0005).</summary>
public sealed class PostgresHostileTests : PostgresTest
{
    private static readonly (string Sql, string State)[] Refused =
    [
        ("SELECT text FROM t_arts.notes", "42501"),
        ("INSERT INTO t_arts.notes (text) VALUES ('x')", "42501"),
        ("SELECT text FROM platform.plans", "42501"),
        ("CREATE TABLE more (id INT)", "42501"),
        ("CREATE TABLE public.more (id INT)", "42501"),
        ("CREATE TEMP TABLE more (id INT)", "42501"),
        ("CREATE SCHEMA more", "42501"),
        ("CREATE FUNCTION one() RETURNS INT LANGUAGE sql AS 'SELECT 1'", "42501"),
        ("CREATE EXTENSION dblink", "42501"),
        ("ALTER TABLE notes ADD COLUMN more TEXT", "42501"),
        ("DROP TABLE notes", "42501"),
        ("TRUNCATE notes", "42501"),
        ("SET ROLE {owner}", "42501"),
        ("SET ROLE {platform}", "42501"),
        ("SET ROLE {admin}", "42501"),
        ("SELECT set_config('role', '{owner}', false)", "42501"),
        ("SET SESSION AUTHORIZATION {platform}", "42501"),
        ("CREATE ROLE more", "42501"),
        ("ALTER ROLE {login} PASSWORD 'x'", "42501"),
        ("ALTER SYSTEM SET fsync = off", "25001"),
        ("SELECT rolpassword FROM pg_authid", "42501"),
        ("COPY notes TO PROGRAM 'cat'", "42501"),
        ("COPY notes TO '/tmp/notes'", "42501"),
        ("SELECT pg_read_file('/etc/passwd')", "42501"),
        ("SELECT pg_ls_dir('/')", "42501"),
        ("SELECT lo_import('/etc/passwd')", "42501"),
        ("SELECT 1; SELECT 2", "42601"),
        ("INSERT INTO notes (text) VALUES ('x'); DROP TABLE notes", "42601"),
        ("WITH gone AS (DELETE FROM t_arts.notes RETURNING text) SELECT text FROM gone", "42501"),
        ("SELECT text FROM other.public.notes", "0A000"),
    ];

    private Db _math = null!;

    protected override async Task PrepareAsync()
    {
        foreach (var tenant in new[] { "math", "arts" })
        {
            await Engine.CreateAsync(tenant, default);
            var owner = new Db(Engine.OpenAsOwner(tenant));
            await owner.ExecuteAsync($"CREATE TABLE notes (text TEXT NOT NULL)");
            await owner.ExecuteAsync($"INSERT INTO notes (text) VALUES ({"secret of " + tenant})");
        }
        var platform = new Db(Engine.Platform);
        await platform.ExecuteAsync($"CREATE TABLE plans (text TEXT NOT NULL)");
        _math = new(Engine.Open("math"));
    }

    [Fact]
    public async Task Refused_outside_and_inside_a_transaction()
    {
        foreach (var (sql, state) in Refused)
        {
            var statement = Named(sql);
            var alone = await Record.ExceptionAsync(() => _math.ExecuteAsync(statement));
            var inside = await Record.ExceptionAsync(() => _math.TransactAsync(() => _math.ExecuteAsync(statement)));

            Assert.Equal($"{state} {state} {sql}", $"{(alone as PostgresException)?.SqlState} {(inside as PostgresException)?.SqlState} {sql}");
        }
        Assert.Equal(["secret of math"], await _math.ListAsync<string>($"SELECT text FROM notes"));
    }

    [Fact]
    public async Task A_read_cannot_write()
    {
        // 25006: read-only transaction.
        var refused = await Assert.ThrowsAsync<PostgresException>(() => _math.FirstAsync<string>($"SELECT text FROM notes FOR UPDATE"));
        Assert.Equal("25006", refused.SqlState);
        refused = await Assert.ThrowsAsync<PostgresException>(() => _math.FirstAsync<string>($"SELECT set_config('transaction_read_only', 'off', true)"));
        Assert.Equal("25001", refused.SqlState);
    }

    [Fact]
    public async Task What_still_passes_another_tenant_is_read_by_whoever_can_run_two_statements()
    {
        // The login may become any tenant's role: that is what sharing connections means.
        await _math.TransactAsync(async () =>
        {
            await _math.ExecuteAsync($"RESET ROLE");
            await _math.ExecuteAsync(Named("SET LOCAL ROLE {other}"));
            Assert.Equal("secret of arts", await _math.FirstAsync<string>($"SELECT text FROM t_arts.notes"));
        });
    }

    [Fact]
    public async Task What_still_passes_the_logins_sessions_are_seen_and_ended()
    {
        await using var other = await Engine.PoolOf("arts").OpenConnectionAsync();
        await using var theirs = new NpgsqlCommand("SELECT 'private'", other);
        await theirs.ExecuteNonQueryAsync();
        await _math.TransactAsync(async () =>
        {
            await _math.ExecuteAsync($"RESET ROLE");
            Assert.Equal("SELECT 'private'", await _math.FirstAsync<string>($"SELECT query FROM pg_stat_activity WHERE pid = {other.ProcessID}"));
            Assert.Equal(true, await _math.FirstAsync<bool?>($"SELECT pg_terminate_backend({other.ProcessID})"));
        });

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => theirs.ExecuteNonQueryAsync());
        Assert.Equal(["secret of arts"], await new Db(Engine.Open("arts")).ListAsync<string>($"SELECT text FROM notes"));
    }

    [Fact]
    public async Task What_still_passes_the_login_is_locked_out_until_a_host_starts_again()
    {
        // Any role may change its own password; StartAsync sets it back.
        await _math.TransactAsync(async () =>
        {
            await _math.ExecuteAsync($"RESET ROLE");
            await _math.ExecuteAsync(Named("ALTER ROLE {login} PASSWORD 'x'"));
        });
        await Engine.StartAsync(default);
        await using var again = NewEngine();
        Assert.Equal(["secret of math"], await new Db(again.Open("math")).ListAsync<string>($"SELECT text FROM notes"));
    }

    [Fact]
    public async Task What_still_passes_another_tenant_is_read_by_one_injected_expression()
    {
        // The permissions of a statement's own tables are checked before it runs; of text run inside it, after set_config.
        var read = await _math.FirstAsync<string>(
            Named("SELECT set_config('role', '{other}', true) || query_to_xml('SELECT text FROM t_arts.notes', true, false, '')::text"));
        Assert.Contains("secret of arts", read, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_still_passes_names_noise_and_waste()
    {
        // Names, not contents, of all that is in the database.
        Assert.Equal(1, await _math.FirstAsync<long?>($"SELECT count(*) FROM pg_namespace WHERE nspname = 't_arts'"));
        Assert.Equal(1, await _math.FirstAsync<long?>(Named("SELECT count(*) FROM pg_roles WHERE rolname = '{other}'")));
        // Signals that say "look again": the listener looks, finds nothing new, and that is all.
        await _math.ExecuteAsync(Named("NOTIFY {channel}, 'tenant:arts:99'"));
        await _math.ExecuteAsync(Named("LISTEN {channel}"));
        // Locks and time: limits of the command time and the number of connections a tenant can occupy.
        await _math.ExecuteAsync($"SELECT pg_advisory_lock(1)");
        await _math.ExecuteAsync($"SELECT pg_sleep(0.01)");
        // Statements of other sessions: not of the tenant's role, but of the login behind it.
        const string others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query <> '<insufficient privilege>' AND query <> ''";
        Assert.Equal(0, await _math.FirstAsync<long?>(Named(others)));
    }

    [Fact]
    public async Task What_still_passes_do_blocks_unless_the_administrators_role_is_a_superuser()
    {
        var superuser = await AdminAsync<bool>("SELECT rolsuper FROM pg_roles WHERE rolname = current_user");
        if (superuser) await Assert.ThrowsAsync<PostgresException>(() => _math.ExecuteAsync($"DO 'BEGIN END'"));
        else await _math.ExecuteAsync($"DO 'BEGIN END'");

        // No more comes of it than of the statements in it.
        await Assert.ThrowsAsync<PostgresException>(() => _math.ExecuteAsync($"DO 'BEGIN DELETE FROM t_arts.notes; END'"));
    }

    private Sql Named(string sql) => Sql.Trusted(sql
        .Replace("{owner}", $"el_{Installation}_o_math").Replace("{other}", $"el_{Installation}_r_arts").Replace("{platform}", $"el_{Installation}_platform")
        .Replace("{login}", $"el_{Installation}_login").Replace("{channel}", $"el_{Installation}").Replace("{admin}", new NpgsqlConnectionStringBuilder(AdminConnection).Username));
}
