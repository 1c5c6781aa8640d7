namespace ELearning;

/// <summary>Two hosts on one PostgreSQL: from a change on one to its being in force on the other.</summary>
internal static class SettingsSpread
{
    public static async Task RunAsync(Bench bench)
    {
        await using var one = await TestHost.StartAsync("Postgres", watched: false);
        await using var two = await TestHost.StartAsync("Postgres", options: options => options with { Postgres = one.Options.Postgres, DataFolder = one.Options.DataFolder }, watched: false);
        two.KeepsData = true;
        await using var site = await TestSite.StartAsync(one, "Hello");
        while (two.Shells.Table.Find(site.Name) is null) await Task.Delay(10);

        bench.Percentiles("settings-spread", await Bench.TimeAsync(50, async i =>
        {
            var saved = await one.Shells.ChangeAsync(site.Tenant, tenant => tenant with { Title = $"Title {i}" });
            while (two.Shells.Table.Find(site.Name)!.Tenant.Version < saved!.Version) await Task.Delay(1);
        }));
    }
}
