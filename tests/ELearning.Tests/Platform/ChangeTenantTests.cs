using System.Net;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Platform;

/// <summary>What becomes of a tenant: suspended, renamed, deleted, tried again; and who may not touch it.</summary>
public sealed class ChangeTenantTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task Suspending_shows_its_effect_then_closes_the_site_until_it_is_resumed(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        await using var platform = await TestSite.PlatformAsync(site.Host);
        var admin = await platform.SignInAsync();
        var page = $"/platform/tenants/{site.Name}";

        Assert.Contains("people cannot use it", await platform.Browser.GetStringAsync($"{page}/suspend"));
        await platform.PostAsync($"{page}/suspend", new() { ["Input.Reason"] = "Moving house" });
        var closed = await site.Browser.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, closed.StatusCode);
        Assert.Contains("Moving house", await closed.Content.ReadAsStringAsync());

        await platform.PostAsync(page, [], $"{page}?handler=Resume");
        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/")).StatusCode);

        var acts = await platform.QueryAsync<string>($"""
            SELECT a.act FROM audit a JOIN audit_values v ON v.audit_id = a.id JOIN audit_actors w ON w.id = a.actor
            WHERE v.subject_id = {site.Tenant.Id} AND w.person_id = {admin} ORDER BY a.id
            """);
        Assert.Equal(["tenant-suspended", "tenant-resumed"], acts);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_renamed_tenant_answers_at_its_new_address_only(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        await using var platform = await TestSite.PlatformAsync(site.Host);
        await platform.SignInAsync();
        var elsewhere = NewTenantTests.NewName();

        using var moved = await platform.PostAsync($"/platform/tenants/{site.Name}/rename",
            new() { ["Input.Title"] = "Łódź Academy", ["Input.Hosts"] = $"{elsewhere}.localhost" });
        Assert.Equal(HttpStatusCode.Redirect, moved.StatusCode);

        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/")).StatusCode);
        using var there = site.Host.Browser($"{elsewhere}.localhost");
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/")).StatusCode);
        // Found without its accents.
        Assert.Contains(site.Name, await platform.Browser.GetStringAsync($"/platform/tenants?q=lodz+{elsewhere}"));

        // Not where somebody else is.
        await using var neighbour = await TestSite.StartAsync(site.Host);
        using var refused = await platform.PostAsync($"/platform/tenants/{site.Name}/rename", new() { ["Input.Title"] = "x", ["Input.Hosts"] = $"{neighbour.Name}.localhost" });
        Assert.Contains("has that address already", await refused.Content.ReadAsStringAsync());
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_deleted_tenant_is_exported_first_and_gone_after_thirty_days(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");
        await using var platform = await TestSite.PlatformAsync(site.Host);
        await platform.SignInAsync();
        await site.PersonAsync("Ada");
        var (page, tenant) = ($"/platform/tenants/{site.Name}", site.Tenant);

        using var mistyped = await platform.PostAsync($"{page}/delete", new() { ["Input.Name"] = "another" });
        Assert.Contains($"Type {site.Name}", await mistyped.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/")).StatusCode);

        using var closed = await platform.PostAsync($"{page}/delete", new() { ["Input.Name"] = site.Name });
        Assert.Equal(HttpStatusCode.Redirect, closed.StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await site.Browser.GetAsync("/")).StatusCode);

        var delete = site.Host.Services.GetRequiredService<DeleteTenant>();
        // The job that the page asked for may be on it already.
        for (var i = 0; i < 500 && (await delete.FindAsync(site.Name, default))?.Export is null; i++) await Task.Delay(20);
        var export = (await delete.FindAsync(site.Name, default))!.Export!;
        Assert.True(new FileInfo(export).Length > 0);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(export));

        await platform.PostAsync(page, [], $"{page}?handler=Restore");
        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/")).StatusCode);
        Assert.Equal(["Ada"], await site.QueryAsync<string>($"SELECT display_name FROM people ORDER BY id"));

        await platform.PostAsync($"{page}/delete", new() { ["Input.Name"] = site.Name });
        for (var i = 0; i < 500 && (await delete.FindAsync(site.Name, default))?.Export is null; i++) await Task.Delay(20);
        var db = site.Host.Services.GetRequiredService<PlatformDb>().Open();
        await db.ExecuteAsync($"UPDATE tenants SET archived_at = {DateTimeOffset.UtcNow.AddDays(-31)} WHERE id = {tenant.Id}");
        await delete.SweepAsync(default);

        Assert.Null(site.Host.Shells.Table.Find(site.Name));
        Assert.Null(await db.FirstAsync<long?>($"SELECT people FROM tenants WHERE id = {tenant.Id}"));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/")).StatusCode);
        Assert.True(File.Exists(export));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_tenant_that_failed_is_tried_again_by_the_button_and_by_another_release(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestSlow");
        await using var platform = await TestSite.PlatformAsync(site.Host);
        await platform.SignInAsync();
        var page = $"/platform/tenants/{site.Name}";
        await FailAsync(site, "Migration 2 of Certificates failed.");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await site.Browser.GetAsync("/test/version")).StatusCode);
        var shown = await platform.Browser.GetStringAsync(page);
        Assert.Contains("Migration 2 of Certificates failed.", shown);
        Assert.Contains("Its data are as before", shown);
        await platform.PostAsync(page, [], $"{page}?handler=TryAgain");
        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/test/version")).StatusCode);

        // Recorded by this release: it stays. By another: it is tried at the next request.
        await FailAsync(site, "Again.");
        var (db, release) = (site.Host.Services.GetRequiredService<PlatformDb>().Open(), site.Host.Services.GetRequiredService<Release>());
        await db.ExecuteAsync($"UPDATE tenants SET failed_release = {release.Id} WHERE id = {site.Tenant.Id}");
        await site.Host.Shells.RetryFailedAsync(default);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await site.Browser.GetAsync("/test/version")).StatusCode);
        await db.ExecuteAsync($"UPDATE tenants SET failed_release = 'another' WHERE id = {site.Tenant.Id}");
        await site.Host.Shells.RetryFailedAsync(default);
        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/test/version")).StatusCode);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_platforms_own_site_cannot_be_suspended_or_deleted(string database)
    {
        await using var platform = await TestSite.PlatformAsync(database);
        var change = platform.Host.Services.GetRequiredService<ChangeTenant>();

        Assert.NotNull(await change.SuspendAsync(Tenant.Default, null, Actor.Platform, default));
        Assert.NotNull(await platform.Host.Services.GetRequiredService<DeleteTenant>().RunAsync(Tenant.Default, Tenant.Default, Actor.Platform, default));
        Assert.Equal(TenantState.Running, platform.Tenant.State);
    }

    private static async Task FailAsync(TestSite site, string reason)
    {
        var read = (await site.Host.Services.GetRequiredService<Shells.Tenants>().FindAsync(site.Name, default))!;
        await site.Host.Shells.ChangeAsync(read, tenant => tenant with { State = TenantState.Failed, Reason = reason });
    }
}
