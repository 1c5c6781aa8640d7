using System.ComponentModel.DataAnnotations;

namespace ELearning;

/// <summary>How long people stay signed in.</summary>
public sealed record SessionSettings
{
    /// <summary>After so many hours without a request a session ends.</summary>
    [Range(1, 24 * 30)]
    public int IdleHours { get; init; } = 12;

    /// <summary>The same for people who asked to stay signed in.</summary>
    [Range(1, 365)]
    public int KeptDays { get; init; } = 30;

    /// <summary>However busy, it ends after so many days, and people sign in again.</summary>
    [Range(1, 365)]
    public int LongestDays { get; init; } = 90;
}
