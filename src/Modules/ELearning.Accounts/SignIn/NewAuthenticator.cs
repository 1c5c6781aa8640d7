using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using QRCoder;

namespace ELearning.Accounts;

/// <summary>A secret that an app is to take over. Until the app has shown that it did, it is kept nowhere but in the form, sealed.</summary>
/// <param name="Sealed">What the form carries.</param>
/// <param name="Secret">To be typed in where nothing can be scanned.</param>
/// <param name="Qr">The same as a picture: an SVG path over <paramref name="Size"/> squares a side.</param>
internal sealed record NewAuthenticator(string Sealed, string Secret, string Uri, string Qr, int Size)
{
    public string SecretInGroups => string.Join(' ', Secret.Chunk(4).Select(group => new string(group)));

    public static NewAuthenticator Make(IDataProtectionProvider protection, Guid person, string email, string site) =>
        Show(protection, person, Totp.Base32(Totp.NewSecret()), email, site);

    /// <summary>The one that the form carries; null when it was not made for this person here.</summary>
    public static NewAuthenticator? Open(IDataProtectionProvider protection, Guid person, string? @sealed, string email, string site)
    {
        if (string.IsNullOrEmpty(@sealed)) return null;
        try
        {
            return Show(protection, person, Protector(protection, person).Unprotect(@sealed), email, site);
        }
        catch (CryptographicException)
        {
            // Made up, or another person's.
            return null;
        }
    }

    private static NewAuthenticator Show(IDataProtectionProvider protection, Guid person, string secret, string email, string site)
    {
        var uri = $"otpauth://totp/{System.Uri.EscapeDataString(site)}:{System.Uri.EscapeDataString(email)}?secret={secret}&issuer={System.Uri.EscapeDataString(site)}";
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (var y = 0; y < data.ModuleMatrix.Count; y++)
            for (var x = 0; x < data.ModuleMatrix[y].Count; x++)
                if (data.ModuleMatrix[y][x]) path.Append('M').Append(x).Append(' ').Append(y).Append("h1v1h-1z");
        return new(Protector(protection, person).Protect(secret), secret, uri, path.ToString(), data.ModuleMatrix.Count);
    }

    private static IDataProtector Protector(IDataProtectionProvider protection, Guid person) =>
        protection.CreateProtector("Accounts.NewAuthenticator", person.ToString());
}
