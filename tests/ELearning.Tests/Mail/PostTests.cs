using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Mail;

public sealed class PostTests
{
    public static readonly LetterKind Kind = new(typeof(MailFeature), "trial");

    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task Without_a_mail_server_a_letter_is_kept_in_the_language_of_its_addressee(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Mail");
        var ada = await site.PersonAsync("Ada");

        await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync(To("Ada@Example.org") with { Person = ada, Culture = "de-AT" }, default));

        var row = Assert.Single(await site.QueryAsync<Row>($"SELECT to_address, subject, text, html, culture, state, person_id FROM letters"));
        Assert.Equal(("Ada@Example.org", "Ein Probebrief von Test site", "de", LetterState.Kept, ada), (row.ToAddress, row.Subject, row.Culture, row.State, row.PersonId));
        Assert.Contains($"http://{site.Name}.localhost", row.Text);
        Assert.Contains("<html lang=\"de\"", row.Html);
        Assert.Empty(await site.QueryAsync<string>($"SELECT name FROM jobs WHERE name = {SendLetters.Name}"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task When_the_act_is_undone_so_is_its_letter(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Mail");

        await Assert.ThrowsAsync<InvalidOperationException>(() => site.RunAsync(async services =>
        {
            var post = services.GetRequiredService<Post>();
            await services.GetRequiredService<Db>().TransactAsync(async () =>
            {
                await post.SendAsync(To("ada@example.org"), default);
                throw new InvalidOperationException("Changed my mind.");
            });
        }));

        Assert.Empty(await site.QueryAsync<Guid>($"SELECT id FROM letters"));
    }

    internal static Letter To(string address) => Address.TryParse(address, out var to) ? new(Kind, to, new { name = "Grace" }) : throw new ArgumentException(address);

    private sealed record Row(string ToAddress, string Subject, string Text, string Html, string Culture, LetterState State, Guid PersonId);
}
