using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>People of a test's own site, signed in without a password.</summary>
internal static class TestPeople
{
    public static async Task<Guid> AdministratorAsync(this TestSite site, string name = "Ann Administrator")
    {
        var person = await site.PersonAsync(name);
        await site.RunAsync(services => services.GetRequiredService<Roles>().AssignAsync(person, Roles.Administrator, Scope.Tenant, default));
        return person;
    }

    public static async Task SignInAsync(this Visitor visitor, Guid person)
    {
        await visitor.OpenAsync("/");
        await visitor.Page.EvaluateAsync(
            "person => fetch('/test/sign-in', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ person }) })", person.ToString());
    }
}
