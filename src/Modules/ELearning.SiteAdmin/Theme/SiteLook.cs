using System.Text.Json;
using System.Text.Json.Nodes;
using ELearning.Data;
using ELearning.Settings;
using ELearning.Shells;
using ELearning.Themes;

namespace ELearning.SiteAdmin.Theme;

/// <summary>How the site looked until somebody changed it.</summary>
internal sealed record LookChange(Guid Id, DateTimeOffset At, string? By, string Before)
{
    public Look Look => Json.To<Look>(Before);
}

/// <summary>Tries another look in one session, gives it to everybody, and takes it back.</summary>
internal sealed class SiteLook(
    Db db, Tenant tenant, Look applied, Actor actor, Sessions sessions, TenantSettings settings, BrandFiles files, Audit audit, TimeProvider clock)
{
    /// <summary>What everybody sees, whatever this session previews.</summary>
    public Look Applied => applied;

    public Task PreviewAsync(Look look, CancellationToken ct) => db.TransactAsync(async () =>
    {
        await sessions.PreviewAsync(actor, look, ct);
        await TidyAsync(applied, ct);
    }, ct);

    public Task DiscardAsync(CancellationToken ct) => db.TransactAsync(async () =>
    {
        await sessions.PreviewAsync(actor, null, ct);
        await TidyAsync(applied, ct);
    }, ct);

    /// <summary>The change that can be taken back: the last one after which the site does not look as before it.</summary>
    public async Task<LookChange?> LastAsync(CancellationToken ct) =>
        await ReadLastAsync(ct) is { } last && last.Look != applied ? last : null;

    /// <summary>Everybody sees it, from the next page on.</summary>
    /// <exception cref="RecipeException">It breaks a rule, or others keep changing the site.</exception>
    public async Task ApplyAsync(Look look, CancellationToken ct)
    {
        look = look with { IsPreview = false };
        if (look != applied)
        {
            // The platform's database first, since no transaction spans both: a host that dies in between leaves a look that
            // says by its settings who chose it, not a trail of something that never was.
            var brand = JsonSerializer.SerializeToNode(look.Brand, Json.Options)!.AsObject();
            await settings.ApplyAsync(tenant.Name, new Dictionary<string, JsonObject> { ["Brand"] = brand }, row => row with { Theme = look.Theme }, actor.Id.ToString(), ct);
        }

        await db.TransactAsync(async () =>
        {
            await sessions.PreviewAsync(actor, null, ct);
            if (look != applied)
            {
                await db.ExecuteAsync(
                    $"INSERT INTO look_changes (id, at, person_id, before) VALUES ({Guid.CreateVersion7()}, {clock.GetUtcNow()}, {actor.Person}, {Json.Of(applied)})", ct);
                await audit.WriteAsync("look-changed", Scope.Tenant, new { From = Said(applied), To = Said(look) }, ct);
            }
            await TidyAsync(look, ct);
        }, ct);
    }

    private Task<LookChange?> ReadLastAsync(CancellationToken ct) => db.FirstAsync<LookChange>($"""
        SELECT c.id, c.at, p.display_name AS by, c.before FROM look_changes c LEFT JOIN people p ON p.id = c.person_id ORDER BY c.at DESC, c.id DESC LIMIT 1
        """, ct);

    // Whatever is shown, was shown before or is tried somewhere keeps its files.
    private async Task TidyAsync(Look shown, CancellationToken ct)
    {
        var previews = await db.ListAsync<string>($"SELECT preview FROM sessions WHERE preview IS NOT NULL ORDER BY id LIMIT 1000", ct);
        var looks = previews.Select(Json.To<Look>).Append(shown);
        if (await ReadLastAsync(ct) is { } last) looks = looks.Append(last.Look);
        await files.KeepOnlyAsync([.. looks.SelectMany(look => new[] { look.Brand.Logo, look.Brand.Favicon })], ct);
    }

    private static object Said(Look look) => new { look.Theme, look.Brand.Colour, look.Brand.Radius, look.Brand.Logo, look.Brand.Favicon };
}
