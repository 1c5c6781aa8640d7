using System.Globalization;

namespace ELearning;

/// <summary>Whether somebody may, and the rule that decided.</summary>
public sealed record Decision(bool Allowed, Rule Rule);

/// <summary>Why a decision is as it is.</summary>
/// <param name="Text">A resource key: {0} is the permission in words, {1} the role or roles, {2} the scope.</param>
public sealed record Rule(string Text, string Permission, string Role = "", Scope? Scope = null)
{
    /// <summary>The role that allowed it.</summary>
    public Guid? RoleId { get; init; }

    public override string ToString() => string.Format(CultureInfo.InvariantCulture, Text, Permission, Role, Scope ?? ELearning.Scope.Tenant);
}
