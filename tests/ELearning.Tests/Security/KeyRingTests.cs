using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ELearning.Security;

public sealed class KeyRingTests
{
    [Theory, MemberData(nameof(Scratch.Engines), MemberType = typeof(Scratch))]
    public async Task What_one_host_protects_the_next_one_opens_and_the_key_is_not_in_clear(string engine)
    {
        await using var scratch = await Scratch.MakeAsync(engine, platform: SecretTables.PlatformMigrations);
        var installation = InstallationKey.Load(scratch.Folder, null);

        var text = await WithProtectorAsync(scratch, installation, protector => protector.Protect("session 7"));

        Assert.Equal("session 7", await WithProtectorAsync(scratch, installation, protector => protector.Unprotect(text)));
        var stored = Assert.Single(await scratch.Platform.Open().ListAsync<string>($"SELECT xml FROM data_protection_keys"));
        Assert.Contains("sealedByInstallation", stored);
        Assert.DoesNotContain("masterKey", stored);
    }

    [Theory, MemberData(nameof(Scratch.Engines), MemberType = typeof(Scratch))]
    public async Task A_ring_in_memory_still_opens_after_the_installations_key_was_rotated_elsewhere(string engine)
    {
        await using var scratch = await Scratch.MakeAsync(engine, platform: SecretTables.PlatformMigrations);
        var installation = InstallationKey.Load(scratch.Folder, null);
        var text = await WithProtectorAsync(scratch, installation, protector => protector.Protect("session 7"));

        var opened = await WithProtectorAsync(scratch, installation, protector =>
        {
            new RotateInstallationKey(scratch.Platform, InstallationKey.Load(scratch.Folder, null)).RunAsync(default).GetAwaiter().GetResult();
            return protector.Unprotect(text);
        });

        Assert.Equal("session 7", opened);
    }

    internal static async Task<string> WithProtectorAsync(Scratch scratch, InstallationKey installation, Func<IDataProtector, string> use)
    {
        var ring = new PlatformKeyRing(scratch.Platform, installation);
        await ring.LoadAsync(default);
        await using var services = new ServiceCollection()
            .AddSingleton(installation)
            .AddSingleton<IConfigureOptions<KeyManagementOptions>>(ring)
            .AddDataProtection().SetApplicationName("elearning").Services
            .BuildServiceProvider();
        return use(services.GetRequiredService<IDataProtectionProvider>().CreateProtector("tenant", "academy"));
    }
}
