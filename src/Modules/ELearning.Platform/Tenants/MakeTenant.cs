using ELearning.Accounts;
using ELearning.Recipes;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Platform;

/// <summary>A tenant by its recipe, with somebody who can sign in to it. When the last step fails, nothing of it stays.</summary>
internal sealed class MakeTenant(SetUpTenant setUp, CreateTenant create, SwitchFeatures features, ShellHost shells, TenantFigures figures, Audit audit)
{
    public async Task<MadeTenant> RunAsync(NewTenantForm form, Actor by, CancellationToken ct)
    {
        var wish = new NewTenant(form.Name.Trim(), form.Title.Trim()) { Hosts = form.Hosts, Prefix = form.CleanPrefix, Profile = form.Profile };
        var made = await setUp.RunAsync(wish, form.Recipe, by.Name, ct);
        if (made.Tenant is not { } tenant) return new(null, null, made.Refusal);

        try
        {
            // Whatever the recipe says: the administrator signs in.
            if (await features.EnableAsync(tenant.Name, ["Accounts"], ct) is { } refused) throw new RecipeException(refused.Reason);
            var password = FirstAccounts.NewPassword();
            await using (var lease = await shells.LeaseAsync(tenant.Name, ct))
            {
                await using var scope = lease.OpenScope();
                scope.Services.GetRequiredService<CurrentActor>().Set(Actor.Platform with { Name = by.Name });
                await scope.Services.GetRequiredService<AddPerson>().RunAsync(
                    new(form.AdminName, form.AdminEmail) { Roles = [Roles.Administrator], Password = password, MustChangePassword = true }, ct);
                // The table shows it right from the beginning, not a minute later.
                await figures.WriteAsync([lease.Shell], ct);
            }
            await audit.WriteAsync("tenant-created", new("tenant", tenant.Id), new { tenant = tenant.Name, form.Recipe }, ct);
            return new(tenant, password, null);
        }
        catch (Exception)
        {
            await create.UndoAsync(tenant);
            throw;
        }
    }
}

/// <summary>The tenant with its administrator's first password, or why there is none.</summary>
internal sealed record MadeTenant(Tenant? Tenant, string? Password, string? Refusal);
