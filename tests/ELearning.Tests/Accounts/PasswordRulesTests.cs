using Xunit;

namespace ELearning.Accounts;

public sealed class PasswordRulesTests
{
    private static readonly string[] Ada = ["Ada Lovelace", "ada.l@analytical.example"];

    [Theory]
    [InlineData("tigers swim at dusk")]
    [InlineData("wbqz-7ffm-02")]
    [InlineData("пароль из слов")]
    [InlineData("ein Fahrrad im Regen")]
    [InlineData("17 Zwerge")]
    [InlineData("ada eats lemons")]
    public void What_nobody_tries_early_is_taken(string password) => Assert.Equal(PasswordProblem.None, Check(password));

    [Theory]
    [InlineData("", PasswordProblem.TooShort)]
    [InlineData("7 chars", PasswordProblem.TooShort)]
    [InlineData("🐎🐎🐎🐎", PasswordProblem.TooShort)]
    [InlineData("password", PasswordProblem.Common)]
    [InlineData("PassWord", PasswordProblem.Common)]
    [InlineData("p@$$w0rd", PasswordProblem.Common)]
    [InlineData("Passwort1!", PasswordProblem.Common)]
    [InlineData("Sommer2026", PasswordProblem.Common)]
    [InlineData("Frühling24", PasswordProblem.Common)]
    [InlineData("iloveyou", PasswordProblem.Common)]
    [InlineData("1q2w3e4r", PasswordProblem.Common)]
    [InlineData("aaaaaaaaaa", PasswordProblem.Pattern)]
    [InlineData("abcabcabcabc", PasswordProblem.Pattern)]
    [InlineData("12345678", PasswordProblem.Pattern)]
    [InlineData("87654321", PasswordProblem.Pattern)]
    [InlineData("qwertzuiop", PasswordProblem.Pattern)]
    [InlineData("abcdefgh", PasswordProblem.Pattern)]
    [InlineData("zxcv5678", PasswordProblem.Pattern)]
    [InlineData("asdf1234", PasswordProblem.Pattern)]
    [InlineData("24121987", PasswordProblem.Pattern)]
    [InlineData("19871224", PasswordProblem.Pattern)]
    [InlineData("Lovelace42", PasswordProblem.AboutYou)]
    [InlineData("ada.l@analytical.example", PasswordProblem.AboutYou)]
    [InlineData("EveningSchool", PasswordProblem.AboutSite)]
    [InlineData("evening-school7", PasswordProblem.AboutSite)]
    public void What_guessers_try_first_is_refused(string password, object problem) => Assert.Equal((PasswordProblem)problem, Check(password));

    [Fact]
    public void A_length_that_a_person_keeps_in_a_manager_is_taken_and_what_would_only_cost_time_is_not()
    {
        var random = string.Concat(Enumerable.Range(0, 129).Select(i => (char)('!' + i * 37 % 90)));
        Assert.Equal(PasswordProblem.None, Check(random[..128]));
        Assert.Equal(PasswordProblem.TooLong, Check(random));
    }

    [Fact]
    public void A_site_may_ask_for_more_characters() =>
        Assert.Equal(PasswordProblem.TooShort, new PasswordRules(new() { PasswordLength = 14 }, Tenant).Check("wbqz-7ffm-02", Ada));

    [Theory]
    [InlineData("wbqz-7ff", PasswordStrength.Fair)]
    [InlineData("tigers swim at", PasswordStrength.Good)]
    [InlineData("tigers swim at dusk", PasswordStrength.Strong)]
    [InlineData("aabbaabbaabbaabbaabbc", PasswordStrength.Fair)]
    public void Strength_is_length_of_what_does_not_repeat(string password, object strength) => Assert.Equal((PasswordStrength)strength, PasswordRules.StrengthOf(password));

    private static Shells.Tenant Tenant { get; } = new(Guid.Empty, "evening", "evening", "Evening School", Shells.TenantState.Running, null, [], null, [], "Base", "UTC", "en", 1, 1);

    private static PasswordProblem Check(string password) => new PasswordRules(new(), Tenant).Check(password, Ada);
}
