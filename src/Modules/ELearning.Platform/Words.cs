using System.Globalization;
using ELearning.Shells;
using ELearning.Web;
using Microsoft.Extensions.Localization;

namespace ELearning.Platform;

/// <summary>Numbers and times as the reader of a page expects them; a time says its zone.</summary>
internal sealed class Words(Clockface clock, IStringLocalizer<PlatformFeature> text)
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    public static string Number(long number) => number.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>In steps of a thousand, as disks are sold.</summary>
    public static string Size(long bytes)
    {
        double size = bytes;
        var unit = 0;
        for (; size >= 1000 && unit < Units.Length - 1; unit++) size /= 1000;
        return $"{size.ToString(size < 10 && unit > 0 ? "0.#" : "0", CultureInfo.CurrentCulture)} {Units[unit]}";
    }

    public string Time(DateTimeOffset at) => clock.Say(at, "g");

    public string Date(DateTimeOffset at) => clock.Say(at, "d");

    /// <summary>In its greatest unit: nobody asks for the seconds of a day.</summary>
    public string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => text["{0} s", (int)span.TotalSeconds],
        { TotalHours: < 1 } => text["{0} min", (int)span.TotalMinutes],
        { TotalDays: < 1 } => text["{0} h", (int)span.TotalHours],
        _ => text["{0} days", (int)span.TotalDays],
    };

    /// <param name="milliseconds">Unix time; 0 stands for never.</param>
    public string Time(long milliseconds) => milliseconds == 0 ? text["never"] : Time(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));

    public string State(TenantState state) => text[state.ToString()];

    public static string Chip(TenantState state) => state switch
    {
        TenantState.Running => "chip good",
        TenantState.Suspended or TenantState.Archived => "chip warn",
        TenantState.Failed => "chip bad",
        _ => "chip",
    };

    /// <summary>A figure's name is a word of its feature's: "greetings". Its first letter is for us to enlarge.</summary>
    public string Figure(string name) => text[char.ToUpperInvariant(name[0]) + name[1..]];
}
