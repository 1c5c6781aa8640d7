using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Xunit;

namespace ELearning.Security;

public sealed class SecretsOnSqlite() : SecretsTests("sqlite");

public sealed class SecretsOnPostgres() : SecretsTests("postgres");

public abstract class SecretsTests(string engine) : IAsyncLifetime
{
    private readonly HandClock _clock = new();
    private Scratch _scratch = null!;

    public async Task InitializeAsync() => _scratch = await Scratch.MakeAsync(engine, platform: SecretTables.PlatformMigrations);

    public async Task DisposeAsync() => await _scratch.DisposeAsync();

    [Fact]
    public async Task A_sealed_value_opens_after_a_restart_and_shows_nothing()
    {
        var text = await SecretsOf("academy").SealAsync("smtp.password", "hunter2 äß");

        Assert.DoesNotContain("hunter2", text);
        Assert.Equal("hunter2 äß", await SecretsOf("academy").OpenAsync("smtp.password", text));
        Assert.NotEqual(text, await SecretsOf("academy").SealAsync("smtp.password", "hunter2 äß"));
    }

    [Fact]
    public async Task A_value_copied_to_another_tenant_or_purpose_does_not_open()
    {
        var text = await SecretsOf("academy").SealAsync("smtp.password", "hunter2");
        await SecretsOf("other").SealAsync("smtp.password", "own");

        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await SecretsOf("other").OpenAsync("smtp.password", text));
        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await SecretsOf("academy").OpenAsync("lti.key", text));
    }

    [Fact]
    public async Task Another_tenants_wrapped_key_copied_over_does_not_open()
    {
        var text = await SecretsOf("academy").SealAsync("smtp.password", "hunter2");
        await _scratch.Platform.Open().ExecuteAsync($"UPDATE tenant_keys SET tenant = {"thief"}");

        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await SecretsOf("thief").OpenAsync("smtp.password", text));
    }

    [Fact]
    public async Task A_value_changed_in_any_character_does_not_open()
    {
        var text = await SecretsOf("academy").SealAsync("smtp.password", "hunter2");

        for (var i = 0; i < text.Length - 1; i++)
        {
            var changed = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            await Assert.ThrowsAnyAsync<CryptographicException>(async () => await SecretsOf("academy").OpenAsync("smtp.password", changed));
        }
        foreach (var nonsense in new[] { "", "1", "1.2.3", "plain text", "2." + text[2..] })
            await Assert.ThrowsAnyAsync<CryptographicException>(async () => await SecretsOf("academy").OpenAsync("smtp.password", nonsense));
    }

    [Fact]
    public async Task After_a_tenants_key_is_rotated_old_values_open_and_new_ones_use_the_new_key()
    {
        var old = await SecretsOf("academy").SealAsync("smtp.password", "old");
        _clock.Now += TimeSpan.FromDays(1);
        await Keys().RotateAsync("academy", default);

        var anew = await SecretsOf("academy").SealAsync("smtp.password", "new");

        Assert.NotEqual(SealingKey.KeyOf(old), SealingKey.KeyOf(anew));
        Assert.Equal("old", await SecretsOf("academy").OpenAsync("smtp.password", old));
        Assert.Equal("new", await SecretsOf("academy").OpenAsync("smtp.password", anew));
    }

    [Fact]
    public async Task A_host_learns_the_key_that_another_host_has_made()
    {
        var first = new Secrets(Keys(), "academy");
        await first.SealAsync("smtp.password", "warm");
        _clock.Now += TimeSpan.FromDays(1);
        await Keys().RotateAsync("academy", default);

        var elsewhere = await SecretsOf("academy").SealAsync("smtp.password", "elsewhere");

        Assert.Equal("elsewhere", await first.OpenAsync("smtp.password", elsewhere));
    }

    [Fact]
    public async Task A_removed_tenants_secrets_are_gone()
    {
        var text = await SecretsOf("academy").SealAsync("smtp.password", "hunter2");
        await Keys().RemoveAsync("academy", default);

        await Assert.ThrowsAnyAsync<CryptographicException>(async () => await SecretsOf("academy").OpenAsync("smtp.password", text));
    }

    [Theory]
    [InlineData("nothing", 0)]
    [InlineData("key added", 1)]
    [InlineData("tenant key wrapped", 1)]
    [InlineData("tenant key wrapped", 3)]
    [InlineData("ring key wrapped", 1)]
    public async Task A_rotation_killed_at_any_step_loses_nothing_and_is_ended_by_the_next_start(string step, int times)
    {
        var tenants = new[] { "academy", "clinic", "school" };
        var texts = new List<string>();
        foreach (var tenant in tenants) texts.Add(await SecretsOf(tenant).SealAsync("smtp.password", $"of {tenant}"));
        var protectedText = await ProtectAsync("cookie");
        var before = Installation().Current.Id;

        var reached = 0;
        var rotation = Rotation().RunAsync(at => { if (at == step && ++reached == times) throw new Killed(); }, default);
        if (times == 0) await rotation; else await Assert.ThrowsAsync<Killed>(() => rotation);

        await AssertAllOpenAsync();
        await Rotation().FinishAsync(default);
        await AssertAllOpenAsync();
        Assert.NotEqual(before, Installation().Current.Id);
        Assert.Single(File.ReadAllLines(KeyFile), line => !line.StartsWith('#'));
        Assert.Equal(0, await _scratch.Platform.Open().FirstAsync<int?>(
            $"SELECT count(*) FROM tenant_keys WHERE wrapped_by = {before} OR wrapped LIKE {$"%{before}%"}"));

        async Task AssertAllOpenAsync()
        {
            for (var i = 0; i < tenants.Length; i++)
                Assert.Equal($"of {tenants[i]}", await SecretsOf(tenants[i]).OpenAsync("smtp.password", texts[i]));
            Assert.Equal("cookie", await UnprotectAsync(protectedText));
        }
    }

    [Fact]
    public async Task A_host_with_the_old_key_in_memory_goes_on_after_another_has_rotated()
    {
        var elsewhere = new TenantKeys(_scratch.Platform, Installation(), _clock);
        var text = await new Secrets(elsewhere, "academy").SealAsync("smtp.password", "hunter2");
        await Rotation().RunAsync(default);

        var first = await new Secrets(elsewhere, "new-tenant").SealAsync("smtp.password", "own");

        Assert.Equal("hunter2", await new Secrets(elsewhere, "academy").OpenAsync("smtp.password", text));
        Assert.Equal("own", await SecretsOf("new-tenant").OpenAsync("smtp.password", first));
    }

    [Fact]
    public async Task A_missing_key_file_is_told_and_not_silently_replaced_for_what_is_stored()
    {
        var text = await SecretsOf("academy").SealAsync("smtp.password", "hunter2");
        File.Delete(KeyFile);

        var e = await Assert.ThrowsAsync<CryptographicException>(async () => await SecretsOf("academy").OpenAsync("smtp.password", text));
        Assert.Contains("Put the right key back", e.Message);
    }

    [Fact]
    public void The_key_file_is_its_owners_alone()
    {
        Installation();
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));

        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Installation();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
    }

    [Fact]
    public async Task Hosts_that_start_at_once_agree_on_one_key()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Installation().Current.Id)));

        Assert.Single(ids.Distinct());
        Assert.Single(Directory.GetFiles(_scratch.Folder, "installation.key*"));
    }

    [Fact]
    public async Task A_key_from_the_environment_is_used_rotated_by_naming_both_and_checked()
    {
        var old = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var anew = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var text = await Given(old).SealAsync("smtp.password", "hunter2");

        await new RotateInstallationKey(_scratch.Platform, InstallationKey.Load(_scratch.Folder, $"{anew}, {old}")).FinishAsync(default);

        Assert.Equal("hunter2", await Given(anew).OpenAsync("smtp.password", text));
        Assert.False(File.Exists(KeyFile));
        Assert.Contains("openssl rand", Assert.Throws<CryptographicException>(() => InstallationKey.Load(_scratch.Folder, "short")).Message);

        Secrets Given(string value) => new(new TenantKeys(_scratch.Platform, InstallationKey.Load(_scratch.Folder, value), _clock), "academy");
    }

    private string KeyFile => Path.Combine(_scratch.Folder, "installation.key");

    private InstallationKey Installation() => InstallationKey.Load(_scratch.Folder, null);

    private TenantKeys Keys() => new(_scratch.Platform, Installation(), _clock);

    private Secrets SecretsOf(string tenant) => new(Keys(), tenant);

    private RotateInstallationKey Rotation() => new(_scratch.Platform, Installation());

    private Task<string> ProtectAsync(string text) => KeyRingTests.WithProtectorAsync(_scratch, Installation(), p => p.Protect(text));

    private Task<string> UnprotectAsync(string text) => KeyRingTests.WithProtectorAsync(_scratch, Installation(), p => p.Unprotect(text));

    private sealed class Killed : Exception;
}
