using System.Globalization;
using Xunit;

namespace ELearning.Mail;

public sealed class LetterTemplateTests
{
    private static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");

    [Fact]
    public void Both_parts_come_of_one_text()
    {
        var letter = new LetterTemplate("Welcome to {{site}}\n\n# Hello {{name}}\n\nTwo lines\nof one paragraph.\n\n[Confirm your address](~{{link}})\n\nOr read [our rules](~/rules) first.\n", English)
            .Write(new { name = "Ada", link = "/confirm?t=1&u=2" }, "Evening School", "http://school.localhost:5000");

        Assert.Equal("Welcome to Evening School", letter.Subject);
        Assert.Equal(
            "Hello Ada\n\nTwo lines\nof one paragraph.\n\nConfirm your address:\nhttp://school.localhost:5000/confirm?t=1&u=2\n\n"
            + "Or read our rules: http://school.localhost:5000/rules first.\n\n-- \nEvening School\nhttp://school.localhost:5000\n", letter.Text);
        Assert.Contains("<h1>Hello Ada</h1>", letter.Body);
        Assert.Contains("<p>Two lines<br>\nof one paragraph.</p>", letter.Body);
        Assert.Contains("<p class=\"act\"><a href=\"http://school.localhost:5000/confirm?t=1&amp;u=2\"", letter.Body);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("[click](https://evil.example/)")]
    [InlineData("\n\n# Heading\n\n[x](~/y)")]
    [InlineData("{{site}}")]
    public void A_value_is_never_markup(string name)
    {
        var letter = new LetterTemplate("Hello {{name}}\n\n{{name}} wrote.", English).Write(new { name }, "Evening School", "http://school.localhost");

        Assert.DoesNotContain("<a ", letter.Body);
        Assert.DoesNotContain("<script", letter.Body);
        Assert.DoesNotContain("<h1", letter.Body);
        Assert.DoesNotContain('\n', letter.Subject);
        Assert.Contains(name, letter.Text);
    }

    [Fact]
    public void A_value_cannot_lead_a_link_away()
    {
        var template = new LetterTemplate("Hello\n\n[here](~{{link}})", English);

        Assert.Contains("http://school.localhost//evil.example", template.Write(new { link = "//evil.example" }, "School", "http://school.localhost").Text);
        Assert.Throws<InvalidOperationException>(() => new LetterTemplate("Hello\n\n[here]({{link}})", English).Write(new { link = "javascript:alert(1)" }, "School", "http://school.localhost"));
        Assert.Throws<InvalidOperationException>(() => new LetterTemplate("Hello\n\n{{{name}}}", English));
    }

    [Fact]
    public void What_is_not_so_is_left_out()
    {
        var template = new LetterTemplate("Hello\n\nFirst.\n\n{{#if why}}\nBecause: {{why}}\n\n{{/if}}\nLast.", English);

        Assert.StartsWith("First.\n\nLast.\n", template.Write(new { why = "" }, "School", "http://school.localhost").Text, StringComparison.Ordinal);
        Assert.StartsWith("First.\n\nBecause: rain\n\nLast.\n", template.Write(new { why = "rain" }, "School", "http://school.localhost").Text, StringComparison.Ordinal);
    }
}
