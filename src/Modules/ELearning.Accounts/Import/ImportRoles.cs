using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>Roles by the names that a file may call them, and which of them somebody may give: none that allows more than they may do themselves.</summary>
internal sealed class ImportRoles(Db db, ELearning.Roles roles, RoleTexts words)
{
    /// <summary>Folded, as pages show them and as they are stored. Null: there is one of that name, which this person may not give.</summary>
    public async Task<IReadOnlyDictionary<string, Guid?>> ForAsync(Guid? person, CancellationToken ct)
    {
        var reach = await Reach.OfAsync(db, person ?? Guid.Empty, ct);
        var byName = new Dictionary<string, Guid?>();
        foreach (var role in await roles.ListAsync(ct))
            foreach (var name in new[] { role.Name, words.Name(role) })
                byName.TryAdd(Fold.Text(name), reach.Covers(role) ? role.Id : null);
        return byName;
    }
}
