using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>A site with many people, as a site has them after years: names, addresses, roles, visits, and a trail of acts.</summary>
internal static class SeedPeople
{
    private static readonly string[] First =
        ["Ada", "Alan", "Anna", "Björn", "Carlos", "Chen", "Dora", "Emil", "Fatima", "Grace", "Hanna", "Igor", "José", "Kenji", "Lena", "Marie", "Noor", "Olga", "Paul", "Rosa", "Søren", "Tim", "Uma", "Yusuf"];

    private static readonly string[] Last =
        ["Adams", "Becker", "Byron", "Çelik", "Diaz", "Ekström", "Fischer", "Garcia", "Hopper", "Ivanova", "Jensen", "Kowalski", "Li", "Müller", "Nguyen", "Okafor", "Petit", "Rossi", "Schmidt", "Tanaka", "Vogel", "Weber", "Young", "Zhang"];

    private sealed record Person(Guid Id, string DisplayName, string SortName, string State, DateTimeOffset SeenAt);

    private sealed record NameWord(Guid PersonId, string Word);

    private sealed record Account(Guid PersonId, string Email, string EmailKey, string? PasswordHash, bool MustChangePassword, DateTimeOffset? ConfirmedAt, DateTimeOffset AddedAt, long TotpStep);

    private sealed record Given(Guid PersonId, Guid RoleId, string ScopeKind, Guid ScopeId);

    private sealed record Actors(Guid Id, string ActorKey, ActorKind Kind, Guid PersonId, string Name);

    private sealed record Done(Guid Id, DateTimeOffset At, string Act, Guid Actor, string ValuesHash);

    private sealed record Values(Guid AuditId, string SubjectKind, Guid SubjectId, Guid About, string Salt, string Json);

    /// <param name="passwordHash">Of everybody, where they are to sign in.</param>
    /// <returns>Somebody who may do everything.</returns>
    public static async Task<Guid> RunAsync(TestSite site, int count, int acts = 0, string? passwordHash = null)
    {
        var (random, now) = (new Random(7), DateTimeOffset.UtcNow);
        var ids = Enumerable.Range(0, count).Select(i => Guid.CreateVersion7(now.AddMinutes(i - count))).ToArray();
        var names = ids.Select((_, i) => $"{First[random.Next(First.Length)]} {Last[random.Next(Last.Length)]} {i}").ToArray();
        await site.RunAsync(async services =>
        {
            var db = services.GetRequiredService<Db>();
            await db.InsertAsync("people", ids.Select((id, i) => new Person(
                id, names[i], People.SortName(names[i]), i % 50 == 1 ? "suspended" : i % 50 == 2 ? "invited" : "active",
                i % 3 == 0 ? DateTimeOffset.UnixEpoch : now.AddMinutes(-random.Next(500_000)))));
            await db.InsertAsync("people_words", ids.SelectMany((id, i) => People.Words(names[i]).Select(word => new NameWord(id, word))));
            await db.InsertAsync("accounts", ids.Select((id, i) => new Account(id, $"person{i}@example.org", $"person{i}@example.org", passwordHash, false, now, now, 0)));
            await db.InsertAsync("role_assignments", ids.Select((id, i) => new Given(id, i % 100 == 0 ? Roles.Instructor : Roles.Learner, Scope.Tenant.Kind, Scope.Tenant.Id)));
            await db.ExecuteAsync($"INSERT INTO role_assignments (person_id, role_id, scope_kind, scope_id) VALUES ({ids[0]}, {Roles.Administrator}, {Scope.Tenant.Kind}, {Scope.Tenant.Id})");
            await db.ExecuteAsync($"UPDATE permission_version SET version = version + 1 WHERE id = 1");

            if (acts == 0) return;
            var actors = ids.Take(1000).Select(id => new Actors(Guid.NewGuid(), $"Person/{id}/", ActorKind.Person, id, "Somebody")).ToArray();
            var done = Enumerable.Range(0, acts).Select(i => Guid.CreateVersion7(now.AddSeconds(i - acts))).ToArray();
            await db.InsertAsync("audit_actors", actors);
            await db.InsertAsync("audit", done.Select((id, i) => new Done(id, now.AddSeconds(i - acts), i % 40 == 0 ? "role-assigned" : "signed-in", actors[i % actors.Length].Id, "")));
            await db.InsertAsync("audit_values", done.Select((id, i) => new Values(id, "person", ids[i % count], ids[i % count], "", "{}")));
        });
        return ids[0];
    }
}
