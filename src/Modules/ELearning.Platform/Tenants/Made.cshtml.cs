using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Platform.Tenants;

/// <summary>Shown once after a tenant was made: the password is in no database and in no log.</summary>
[Requires(PlatformFeature.Permissions.Tenants)]
internal sealed class Made(Shells.Tenants tenants, Addresses addresses) : PageModel
{
    public Tenant Tenant { get; private set; } = null!; // set before the page is drawn

    public string Address { get; private set; } = "";

    public string? Email { get; private set; }

    public string? Password { get; private set; }

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken ct)
    {
        if (await tenants.FindAsync(name, ct) is not { } tenant) return NotFound();

        (Tenant, Address) = (tenant, addresses.Of(tenant));
        (Email, Password) = (TempData["email"] as string, TempData["password"] as string);
        Response.Headers.CacheControl = "no-store";
        return Page();
    }
}
