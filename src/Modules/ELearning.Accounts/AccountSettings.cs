using System.ComponentModel.DataAnnotations;

namespace ELearning.Accounts;

/// <summary>Who may make an account for themselves.</summary>
public enum SignUpMode
{
    /// <summary>Everybody whom mail reaches.</summary>
    Open,

    /// <summary>Whoever an administrator has invited.</summary>
    ByInvitation,

    /// <summary>Nobody; administrators make the accounts.</summary>
    Closed,
}

public sealed record AccountSettings
{
    public SignUpMode SignUp { get; init; } = SignUpMode.ByInvitation;

    /// <summary>Fewer characters than 8 are refused by no setting (SP 800-63B, 3.1.1.2).</summary>
    [Range(8, 64)]
    public int PasswordLength { get; init; } = 8;
}
