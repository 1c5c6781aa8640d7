using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>People in the search box, for whoever may see them.</summary>
internal sealed class SearchPeople(FindPeople people, Permissions permissions, Actor actor, Site site, IStringLocalizer<AccountsFeature> T) : ISearchSource
{
    public async Task<IReadOnlyList<SearchHit>> FindAsync(string text, int limit, CancellationToken ct) =>
        !(await permissions.DecideAsync(actor, PeoplePermissions.Read, Scope.Tenant, ct)).Allowed ? []
        : [.. (await people.RunAsync(text, limit, ct)).Select(person => new SearchHit(T["People"], person.DisplayName, person.Email, site.Address($"/manage/people/{person.Id}")))];
}
