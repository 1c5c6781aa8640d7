using System.Net;
using System.Text.RegularExpressions;
using ELearning.Security;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

/// <summary>People with accounts, and forms as a browser sends them.</summary>
internal static partial class Pages
{
    public const string Password = "correct horse battery";

    public static async Task<Guid> AccountAsync(this TestSite site, string name, string email, string? password = Password, bool mustChange = false)
    {
        var person = await site.PersonAsync(name);
        await site.RunAsync(async services =>
        {
            PasswordHash? hash = password is null ? null : await services.GetRequiredService<PasswordHashes>().HashAsync(password, default);
            Assert.True(await services.GetRequiredService<Credentials>().AddAsync(new(person, email, hash) { MustChangePassword = mustChange, IsConfirmed = true }, default));
        });
        return person;
    }

    /// <summary>Opens a page and sends its form with these fields, as a person would.</summary>
    public static async Task<HttpResponseMessage> SendAsync(this HttpClient browser, string path, params (string Name, string Value)[] fields) =>
        await browser.SendFormAsync(path, await browser.GetStringAsync(path.Split("?handler")[0]), fields);

    public static Task<HttpResponseMessage> SendFormAsync(this HttpClient browser, string path, string page, params (string Name, string Value)[] fields) =>
        browser.PostAsync(path, new FormUrlEncodedContent(
            [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", Token().Match(page).Groups[1].Value)]));

    public static Task<HttpResponseMessage> EnterAsync(this HttpClient browser, string email, string password = Password, string query = "", bool kept = false) =>
        browser.SendAsync($"/sign-in{query}", ("Input.Email", email), ("Input.Password", password), ("Input.Kept", kept ? "true" : "false"));

    public static async Task<string> TextAsync(this HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

    public static void LeadsTo(string path, HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(path, answer.Headers.Location!.OriginalString);
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
