using System.ComponentModel.DataAnnotations;
using ELearning.Security;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Localization;

namespace ELearning.Accounts;

/// <summary>The field in which somebody chooses a password. One is enough: it can be shown, and a new one can be asked for.</summary>
public sealed class PasswordForm
{
    [Display(Name = "New password"), DataType(DataType.Password)]
    [Required(ErrorMessage = "Choose a password.")]
    public string Password { get; set; } = "";
}

/// <summary>Takes a new password if it is good enough, and says in words what is wrong with it, or how strong it is.</summary>
internal sealed class ChosenPassword(PasswordRules rules, PasswordHashes hashes, Site site, IStringLocalizer<AccountsFeature> texts)
{
    public string Hint => texts["At least {0} characters. Three or four words in a row are easy to keep in mind and hard to guess.", rules.Shortest];

    /// <returns>Null when it was refused; why then stands with its field.</returns>
    public async Task<PasswordHash?> TakeAsync(string password, ModelStateDictionary form, string field, string[] about, CancellationToken ct)
    {
        var why = rules.Check(password, about) switch
        {
            PasswordProblem.None => (LocalizedString?)null,
            PasswordProblem.TooShort => texts["This is too short. Take at least {0} characters.", rules.Shortest],
            PasswordProblem.TooLong => texts["This is too long. Take at most {0} characters.", PasswordRules.Longest],
            PasswordProblem.Common => texts["This is one of the first passwords that are tried. Put some words together that only you would put together."],
            PasswordProblem.Pattern => texts["This is a pattern that is tried early, such as a row of keys, a date or the same again and again. Put some words together instead."],
            PasswordProblem.AboutYou => texts["This is hardly more than your name or address. Take something that nobody connects with you."],
            _ => texts["This is hardly more than the name {0}. Take something that nobody connects with this site.", site.Title],
        };
        if (why is null) return await hashes.HashAsync(password, ct);

        form.AddModelError(field, why);
        return null;
    }

    public string Praise(string password) => PasswordRules.StrengthOf(password) switch
    {
        PasswordStrength.Strong => texts["Your new password is strong."],
        PasswordStrength.Good => texts["Your new password is good."],
        _ => texts["Your new password is fair. A longer one would be stronger: another word does more than a special character."],
    };
}
