using ELearning.Data;
using ELearning.Security;

namespace ELearning.Accounts;

/// <summary>Somebody who is to be there, with what they may.</summary>
/// <param name="Email">They sign in with it.</param>
public sealed record NewPerson(string Name, string Email)
{
    public IReadOnlyList<Guid> Roles { get; init; } = [];

    /// <summary>Null: they can sign in once they have chosen one by a link that was sent to them.</summary>
    public string? Password { get; init; }

    public bool MustChangePassword { get; init; }

    public string? Culture { get; init; }

    public string? Zone { get; init; }
}

/// <summary>Adds people whom somebody vouches for: a recipe, or the platform that makes a site its first administrator.</summary>
public sealed class AddPerson(Db db, ELearning.People people, Credentials credentials, Roles roles, PasswordHashes hashes)
{
    /// <returns>False when the mail address has an account already; then nothing has changed.</returns>
    public async Task<bool> RunAsync(NewPerson person, CancellationToken ct)
    {
        PasswordHash? hash = person.Password is { } password ? await hashes.HashAsync(password, ct) : null;
        return await db.TransactAsync(async () =>
        {
            if (await credentials.FindAsync(person.Email, ct) is not null) return false;

            var id = Guid.CreateVersion7();
            await people.AddAsync(id, person.Name, ct, culture: person.Culture, zone: person.Zone);
            await credentials.AddAsync(new(id, person.Email, hash) { MustChangePassword = person.MustChangePassword, IsConfirmed = true }, ct);
            foreach (var role in person.Roles) await roles.AssignAsync(id, role, Scope.Tenant, ct);
            return true;
        }, ct);
    }
}
