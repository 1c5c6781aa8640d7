using ELearning.Data;

namespace ELearning.Shells;

/// <summary>What the administrators of a tenant may switch themselves. The site admin may always switch everything.</summary>
internal sealed record FeatureProfile(Guid Id, string Name, string[] Features, int Revision);

/// <summary>The profiles of this installation, and which tenant has which. A tenant without one switches nothing itself.</summary>
internal sealed class FeatureProfiles(PlatformDb platform)
{
    private const int Most = 200;

    public static readonly Sql[] Migrations =
    [
        $"""
        CREATE TABLE feature_profiles (
            id       UUID PRIMARY KEY,
            name     TEXT NOT NULL,
            name_key TEXT NOT NULL UNIQUE,
            features TEXT NOT NULL,
            revision INTEGER NOT NULL)
        """,
        $"ALTER TABLE tenants ADD COLUMN profile UUID REFERENCES feature_profiles (id)",
        $"CREATE INDEX tenants_by_profile ON tenants (profile) WHERE profile IS NOT NULL",
    ];

    public Task<List<FeatureProfile>> ListAsync(CancellationToken ct) => platform.Open().ListAsync<FeatureProfile>(
        $"SELECT id, name, features, revision FROM feature_profiles ORDER BY name_key LIMIT {Most}", ct);

    public Task<FeatureProfile?> FindAsync(Guid id, CancellationToken ct) => platform.Open().FirstAsync<FeatureProfile>(
        $"SELECT id, name, features, revision FROM feature_profiles WHERE id = {id}", ct);

    public Task<FeatureProfile?> OfAsync(Guid tenant, CancellationToken ct) => platform.Open().FirstAsync<FeatureProfile>($"""
        SELECT p.id, p.name, p.features, p.revision FROM tenants t JOIN feature_profiles p ON p.id = t.profile WHERE t.id = {tenant}
        """, ct);

    /// <summary>No change of the tenant's version: what is in force does not depend on what may be switched.</summary>
    public Task ChooseAsync(Guid tenant, Guid? profile, CancellationToken ct) =>
        platform.Open().ExecuteAsync($"UPDATE tenants SET profile = {profile} WHERE id = {tenant}", ct);

    /// <summary>How many tenants have each.</summary>
    public async Task<Dictionary<Guid, long>> UsesAsync(CancellationToken ct) =>
        (await platform.Open().ListAsync<(Guid Profile, long Tenants)>(
            $"SELECT profile, COUNT(*) AS tenants FROM tenants WHERE profile IS NOT NULL GROUP BY profile ORDER BY profile", ct)).ToDictionary(use => use.Profile, use => use.Tenants);

    /// <returns>The new one's id, or why there is none.</returns>
    public async Task<(Guid? Id, Refusal? Refusal)> AddAsync(string name, IEnumerable<string> features, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        var rows = await platform.Open().ExecuteAsync($"""
            INSERT INTO feature_profiles (id, name, name_key, features, revision)
            VALUES ({id}, {name.Trim()}, {Fold.Key(name)}, {Json.Of(features.Distinct().Order(StringComparer.Ordinal).ToArray())}, 1) ON CONFLICT DO NOTHING
            """, ct);
        return rows == 1 ? (id, null) : (null, NameTaken(name));
    }

    public Task<Refusal?> SaveAsync(FeatureProfile profile, CancellationToken ct)
    {
        var db = platform.Open();
        return db.TransactAsync<Refusal?>(async () =>
        {
            if (await db.FirstAsync<Guid?>($"SELECT id FROM feature_profiles WHERE name_key = {Fold.Key(profile.Name)} AND id <> {profile.Id}", ct) is not null) return NameTaken(profile.Name);
            var rows = await db.ExecuteAsync($"""
                UPDATE feature_profiles SET name = {profile.Name.Trim()}, name_key = {Fold.Key(profile.Name)},
                    features = {Json.Of(profile.Features.Distinct().Order(StringComparer.Ordinal).ToArray())}, revision = revision + 1
                WHERE id = {profile.Id} AND revision = {profile.Revision}
                """, ct);
            return rows == 1 ? null : new("Somebody else has changed this since you opened it. Look at it again, then save yours.");
        }, ct);
    }

    /// <summary>The tenants that had it have none afterwards: only the platform switches their features then.</summary>
    public Task RemoveAsync(Guid id, CancellationToken ct)
    {
        var db = platform.Open();
        return db.TransactAsync(async () =>
        {
            await db.ExecuteAsync($"UPDATE tenants SET profile = NULL WHERE profile = {id}", ct);
            await db.ExecuteAsync($"DELETE FROM feature_profiles WHERE id = {id}", ct);
        }, ct);
    }

    private static Refusal NameTaken(string name) => new("There is a profile {0} already. Choose another name.", name.Trim());
}
