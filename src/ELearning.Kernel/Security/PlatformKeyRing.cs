using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ELearning.Security;

/// <summary>The framework's data protection keys: one ring an installation, in the platform's database, sealed by the installation's key.</summary>
internal sealed class PlatformKeyRing(PlatformDb platform, InstallationKey installation) : IXmlRepository, IConfigureOptions<KeyManagementOptions>
{
    // The repository's interface is synchronous and is asked in the middle of requests. So the keys are read before the
    // first request and at every LoadAsync after that, and asking for them touches no database.
    private volatile XElement[] _elements = [];

    /// <summary>At the start, and now and then: what other hosts have added. A new key of theirs is used after two days.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        var rows = await platform.Open().ListAsync<string>($"SELECT xml FROM data_protection_keys ORDER BY id", ct);
        _elements = [.. rows.Select(XElement.Parse)];
    }

    public void Configure(KeyManagementOptions options)
    {
        options.XmlRepository = this;
        options.XmlEncryptor = new InstallationXmlEncryptor(installation);
    }

    public IReadOnlyCollection<XElement> GetAllElements() => [.. _elements.Select(element => new XElement(element))];

    public void StoreElement(XElement element, string friendlyName)
    {
        // Blocks once in 90 days. A key must not be in use before it is stored, or a restart would sign everybody out;
        // there is no synchronisation context in this host, so waiting cannot deadlock.
        StoreAsync(element, friendlyName).GetAwaiter().GetResult();
        _elements = [.. _elements, new XElement(element)];
    }

    internal static (string Xml, string WrappedBy) Rewrap(string xml, InstallationKey installation)
    {
        var element = XElement.Parse(xml);
        foreach (var secret in element.Descendants(InstallationXmlEncryptor.Name))
            secret.Value = installation.Seal(
                installation.Open(secret.Value, InstallationXmlEncryptor.About), InstallationXmlEncryptor.About);
        return (element.ToString(SaveOptions.DisableFormatting), WrappedBy(element));
    }

    private Task<int> StoreAsync(XElement element, string friendlyName) => platform.Open().ExecuteAsync(
        $"""
        INSERT INTO data_protection_keys (id, xml, wrapped_by)
        VALUES ({friendlyName}, {element.ToString(SaveOptions.DisableFormatting)}, {WrappedBy(element)})
        """);

    // A revocation holds no secret.
    private static string WrappedBy(XElement element) =>
        element.Descendants(InstallationXmlEncryptor.Name).FirstOrDefault() is { } secret ? SealingKey.KeyOf(secret.Value) : "";
}

internal sealed class InstallationXmlEncryptor(InstallationKey installation) : IXmlEncryptor
{
    public const string About = "data protection";
    public static readonly XName Name = "sealedByInstallation";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
        new XElement(Name, installation.Seal(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)), About)),
        typeof(InstallationXmlDecryptor));
}

/// <summary>The framework writes this type's name beside each key and makes it from there: it may never be renamed or moved.</summary>
internal sealed class InstallationXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => XElement.Parse(Encoding.UTF8.GetString(
        services.GetRequiredService<InstallationKey>().Open(encryptedElement.Value, InstallationXmlEncryptor.About)));
}
