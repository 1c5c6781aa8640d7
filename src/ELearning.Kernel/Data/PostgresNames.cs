using System.Security.Cryptography;
using System.Text;

namespace ELearning.Data;

/// <summary>
/// Names of roles and schemas. Roles are the whole cluster's, so theirs carry the installation's id; no part but the last
/// contains an underscore, so no two of them meet.
/// </summary>
internal sealed class PostgresNames(string installationId)
{
    // PostgreSQL would silently cut a longer name, and two tenants could become one.
    private const int Longest = 63;

    private readonly string _installation = installationId.Length <= 12 && installationId.All(char.IsAsciiLetterOrDigit)
        ? installationId
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(installationId)))[..12];

    public string Login => $"el_{_installation}_login";

    public string Platform => $"el_{_installation}_platform";

    public string Channel => $"el_{_installation}";

    public string Owner(string tenantKey) => Checked($"el_{_installation}_o_{tenantKey}");

    public string RunTime(string tenantKey) => Checked($"el_{_installation}_r_{tenantKey}");

    public static string Schema(string tenantKey) => Checked($"t_{tenantKey}");

    // Not "t_..._copies": that could be the schema of another tenant.
    public static string Copies(string schema) => Checked($"copies_{schema}");

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"")}\"";

    public static string Literal(string text) => $"'{text.Replace("'", "''")}'";

    private static string Checked(string name) =>
        Encoding.UTF8.GetByteCount(name) <= Longest ? name : throw new ArgumentException($"\"{name}\" is too long for PostgreSQL ({Longest} bytes).");
}
