using System.Diagnostics;
using System.Text.Encodings.Web;
using Xunit;

namespace ELearning.Data;

public sealed class SearchOnSqlite() : SearchTests("sqlite");

public sealed class SearchOnPostgres(PostgresInstallation shared) : SearchTests("postgres", shared), IClassFixture<PostgresInstallation>;

public abstract class SearchTests(string engine, PostgresInstallation? shared = null) : IAsyncLifetime
{
    private Scratch _scratch = null!;

    public async Task InitializeAsync()
    {
        _scratch = await Scratch.MakeAsync(engine, tenant: dialect => SearchIndex.For(dialect).Migrations, shared: shared);
        await PutAsync("Einführung in die Mathematik", "Übungen für die Universität: Größen, Straßen und Maße.", "language:de");
        await PutAsync("Ağaç ve İzmir", "Türkçe dersi: ılık, IŞIK ve İstanbul.", "language:tr");
        await PutAsync("L'école française", "Les élèves apprennent où naît le cœur de la forêt.", "language:fr");
        await PutAsync("Safety at work", "Fire drill in the main building. The drill is in the morning; fire extinguishers are red.", "language:en");
        await PutAsync("Fire", "What to do.", "language:en", "level:basic");
        await PutAsync("数学入门", "学习数学的第一步。", "language:zh");
        await PutAsync("E-mail for beginners", "Write to a.person@example.org about <b>C# 12</b> & more.", "language:en");
    }

    public async Task DisposeAsync() => await _scratch.DisposeAsync();

    [Theory]
    [InlineData("einfuhrung", "Einführung in die Mathematik")]
    [InlineData("EINFÜHRUNG ", "Einführung in die Mathematik")]
    [InlineData("universitat", "Einführung in die Mathematik")]
    [InlineData("grossen strassen", "Einführung in die Mathematik")]
    [InlineData("GRÖẞEN", "Einführung in die Mathematik")]
    [InlineData("izmir", "Ağaç ve İzmir")]
    [InlineData("İZMİR", "Ağaç ve İzmir")]
    [InlineData("agac", "Ağaç ve İzmir")]
    [InlineData("ISIK istanbul", "Ağaç ve İzmir")]
    [InlineData("ilik", "Ağaç ve İzmir")]
    [InlineData("ecole", "L'école française")]
    [InlineData("FRANCAISE coeur", "L'école française")]
    [InlineData("e\u0301cole", "L'école française")]
    [InlineData("l’école", "L'école française")]
    [InlineData("数学的", "数学入门")]
    [InlineData("e-mail", "E-mail for beginners")]
    [InlineData("a.person@example.org", "E-mail for beginners")]
    public async Task Case_and_accents_do_not_matter_in_any_language(string text, string title) =>
        Assert.Equal([title], await TitlesAsync(text));

    [Theory]
    [InlineData("mat", true)]
    [InlineData("mathe", true)]
    [InlineData("einf math", false)]
    [InlineData("die math", true)]
    [InlineData("mathe ", false)]
    [InlineData("\"mathe\"", false)]
    [InlineData("\"die mathe", true)]
    public async Task The_word_being_typed_finds_its_continuations(string text, bool finds) =>
        Assert.Equal(finds ? ["Einführung in die Mathematik"] : [], (await FindAsync(text)) is { Instead: null } result ? Titles(result) : []);

    [Theory]
    [InlineData("\"fire drill\"", 1)]
    [InlineData("“fire drill”", 1)]
    [InlineData("\"drill fire\"", 0)]
    [InlineData("\"is in the morning\" fire", 1)]
    [InlineData("\"at work fire\"", 0)]
    [InlineData("\"fire extinguishers\"", 1)]
    public async Task A_phrase_is_found_in_its_order_and_within_title_or_body(string text, int count) =>
        Assert.Equal(count, (await TitlesAsync(text)).Length);

    [Fact]
    public async Task All_words_must_occur_and_those_in_the_title_come_first()
    {
        Assert.Equal(["Fire", "Safety at work"], await TitlesAsync("fire"));
        Assert.Equal(["Safety at work"], await TitlesAsync("work fire"));
        Assert.Empty(await TitlesAsync("fire mathematik"));
    }

    [Fact]
    public async Task More_mentions_in_a_shorter_text_rank_higher()
    {
        var filler = string.Join(' ', Enumerable.Range(0, 300).Select(i => $"filler{i}"));
        await PutAsync("Long", $"volcano {filler}");
        await PutAsync("Short", "the volcano and the sea");
        await PutAsync("Often", "volcano after volcano: a volcano");

        Assert.Equal(["Often", "Short", "Long"], await TitlesAsync("volcano"));
    }

    [Theory]
    [InlineData("matehmatik", "mathematik", "Einführung in die Mathematik")]
    [InlineData("mathmatik", "mathematik", "Einführung in die Mathematik")]
    [InlineData("mathmat", "mathematik", "Einführung in die Mathematik")]
    [InlineData("einfürung mathematk", "einfuhrung mathematik", "Einführung in die Mathematik")]
    [InlineData("saftey", "safety", "Safety at work")]
    [InlineData("begginers", "beginners", "E-mail for beginners")]
    [InlineData("fier drill", "fire drill", "Safety at work")]
    public async Task A_small_typing_error_in_a_title_is_forgiven_and_said(string text, string instead, string title)
    {
        var result = await FindAsync(text);

        Assert.Equal([title], Titles(result));
        Assert.Equal(instead, result.Instead);
    }

    [Theory]
    [InlineData("xylophone")]
    [InlineData("mist")]
    [InlineData("wo")]
    public async Task What_resembles_nothing_finds_nothing(string text)
    {
        await RemoveAsync("Safety at work");
        Assert.Empty(await TitlesAsync(text));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("\"\"\"")]
    [InlineData("*")]
    [InlineData("fire* OR work")]
    [InlineData("fire AND")]
    [InlineData("NOT fire")]
    [InlineData("NEAR(fire drill)")]
    [InlineData("title : fire")]
    [InlineData("{title body} : x")]
    [InlineData("^fire + drill")]
    [InlineData("fire & | ! <-> ( )")]
    [InlineData("fire:*A")]
    [InlineData("'fire' \\")]
    [InlineData("'; DROP TABLE search_documents; --")]
    [InlineData("$1 $2 ?")]
    [InlineData("a\0b")]
    [InlineData("%_%")]
    [InlineData("   ")]
    [InlineData("")]
    public async Task Nothing_that_is_typed_is_syntax(string text)
    {
        await FindAsync(text);
        await PutAsync(text, text + " needle");

        Assert.Equal(8, (await _scratch.Open().FirstAsync<int?>($"SELECT count(*) FROM search_documents")));
        Assert.Single(await TitlesAsync("needle"));
    }

    [Fact]
    public async Task Half_a_character_is_no_word_and_no_error()
    {
        await PutAsync("\ud800 half \udc00", "\ud83d needle");

        Assert.Single(await TitlesAsync("needle \udc00"));
    }

    [Fact]
    public async Task Words_that_are_operators_elsewhere_are_words()
    {
        await PutAsync("Logic gates", "The operators and, or, not and near.");

        Assert.Equal(["Logic gates"], await TitlesAsync("NOT or NEAR "));
        Assert.Empty(await TitlesAsync("fire OR gates "));
    }

    [Fact]
    public async Task What_is_found_is_marked_in_the_words_as_written_and_encoded()
    {
        var found = (await FindAsync("uber 12")).Documents;
        Assert.Empty(found);

        var email = Assert.Single((await FindAsync("beginners c")).Documents);
        Assert.Equal("E-mail for <mark>beginners</mark>", Html(email.Title));
        Assert.Equal("Write to a.person@example.org about &lt;b&gt;<mark>C</mark># 12&lt;/b&gt; &amp; more.", Html(email.Snippet));

        var school = Assert.Single((await FindAsync("\"ecole francaise\" foret")).Documents);
        Assert.Equal("L&#x27;<mark>&#xE9;cole</mark> <mark>fran&#xE7;aise</mark>", Html(school.Title));
        Assert.EndsWith("de la <mark>for&#xEA;t</mark>.", Html(school.Snippet));
    }

    [Fact]
    public async Task A_long_text_is_shown_where_the_words_are_close_together()
    {
        var before = string.Join(' ', Enumerable.Repeat("lorem ipsum", 100));
        await PutAsync("Long", $"alpha {before} beta {before} the alpha, and the beta; {before}");

        var document = Assert.Single((await FindAsync("alpha beta")).Documents);

        Assert.Contains("the <mark>alpha</mark>, and the <mark>beta</mark>;", Html(document.Snippet));
        Assert.StartsWith("… ", document.Snippet.Text);
        Assert.EndsWith(" …", document.Snippet.Text);
        Assert.True(document.Snippet.Text.Length <= 250);
    }

    [Fact]
    public async Task Results_are_limited_by_kind_facet_and_permission_and_corrections_reveal_nothing_else()
    {
        await Search().PutAsync(new("person", Guid.CreateVersion7(), "Fire Marshal", "", "language:en"), default);
        var allowed = (await FindAsync("fire")).Documents.Single(document => document.Title.Text == "Fire").Id;

        Assert.Equal(["Fire Marshal"], Titles(await FindAsync("fire", q => q with { Kinds = ["person", "group"] })));
        Assert.Equal(["Fire"], Titles(await FindAsync("fire", q => q with { Facets = ["language:en", "level:basic"] })));
        Assert.Equal(["Fire"], Titles(await FindAsync("fire", q => q with { Allowed = $"d.id = {allowed}" })));
        var typo = await FindAsync("marhsal", q => q with { Kinds = ["course"] });
        Assert.Equal((0, null), (typo.Documents.Count, typo.Instead));
        Assert.Equal("marshal", (await FindAsync("marhsal")).Instead);
    }

    [Fact]
    public async Task A_changed_document_is_found_by_its_new_words_only_and_a_removed_one_not_at_all()
    {
        var id = Guid.CreateVersion7();
        await Search().PutAsync(new("course", id, "Zebra", "stripes", "old"), default);
        await Search().PutAsync(new("course", id, "Giraffe", "spots", "new"), default);

        Assert.Empty(await TitlesAsync("zebra"));
        Assert.Empty(await TitlesAsync("stripes"));
        Assert.Equal(["Giraffe"], await TitlesAsync("spots"));
        Assert.Empty((await FindAsync("spots", q => q with { Facets = ["old"] })).Documents);

        await Search().RemoveAsync("course", id, default);
        Assert.Empty(await TitlesAsync("giraffe"));
        await Search().RemoveAllAsync("course", default);
        Assert.Equal(0, await _scratch.Open().FirstAsync<int?>($"SELECT (SELECT count(*) FROM search_documents) + (SELECT count(*) FROM search_facets)"));
        Assert.Empty(await TitlesAsync("fire"));
    }

    [Fact]
    public async Task A_document_is_found_only_if_its_transaction_commits()
    {
        var db = _scratch.Open();
        await Assert.ThrowsAsync<InvalidDataException>(() => db.TransactAsync(async () =>
        {
            await new Search(db).PutAsync(new("course", Guid.CreateVersion7(), "Ghost", "", "x"), default);
            throw new InvalidDataException();
        }));

        Assert.Empty(await TitlesAsync("ghost"));
    }

    [Fact]
    public async Task A_very_long_text_is_taken_up_to_its_limit_on_both_databases()
    {
        await PutAsync("Huge", string.Join(' ', Enumerable.Range(0, 40_000).Select(i => i == 14_990 ? "early bird" : i == 15_100 ? "late worm" : "x")) + new string('ß', 300_000));

        Assert.Equal(["Huge"], await TitlesAsync("\"early bird\""));
        Assert.Empty(await TitlesAsync("\"late worm\""));
    }

    [Fact]
    public async Task Ten_thousand_documents_are_searched_and_paged_quickly()
    {
        var db = _scratch.Open();
        var random = new Random(1);
        var words = Enumerable.Range(0, 5_000).Select(i => $"word{i:0000}").ToArray();
        await db.TransactAsync(async () =>
        {
            for (var i = 0; i < 10_000; i++)
                await new Search(db).PutAsync(new("lesson", Guid.CreateVersion7(), $"Lesson {i} {words[random.Next(5_000)]}",
                    string.Join(' ', Enumerable.Range(0, 30).Select(_ => words[random.Next(5_000)])), i % 2 == 0 ? "even" : "odd"), default);
        });

        var all = new HashSet<Guid>();
        for (var offset = 0; offset < 200; offset += 20)
        {
            var page = await FindAsync("lesson", q => q with { Offset = offset });
            Assert.True(page.HasMore);
            all.UnionWith(page.Documents.Select(document => document.Id));
        }
        Assert.Equal(200, all.Count);
        Assert.Equal("Lesson 4711", (await TitlesAsync("lesson 4711")).Single()[..11]);
        Assert.Equal("lesson 4711", (await FindAsync("lessno 4711 ")).Instead);

        // Generous: the machine is shared. A scan of all words, or sorting all bodies, would take longer by far.
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 20; i++) await FindAsync($"word{i:0000}", q => q with { Facets = ["odd"] });
        Assert.True(watch.Elapsed / 20 < TimeSpan.FromMilliseconds(100), $"{watch.Elapsed / 20}");
    }

    private Search Search() => new(_scratch.Open());

    private Task PutAsync(string title, string body, params string[] facets) =>
        Search().PutAsync(new("course", Guid.CreateVersion7(), title, body, facets), default);

    private async Task RemoveAsync(string title) =>
        await Search().RemoveAsync("course", (await _scratch.Open().FirstAsync<Guid?>($"SELECT id FROM search_documents WHERE title = {title}"))!.Value, default);

    private Task<SearchResult> FindAsync(string text, Func<SearchQuery, SearchQuery>? more = null) =>
        Search().FindAsync((more ?? (q => q))(new(text)), default);

    private async Task<string[]> TitlesAsync(string text) => Titles(await FindAsync(text));

    private static string[] Titles(SearchResult result) => [.. result.Documents.Select(document => document.Title.Text)];

    private static string Html(Highlighted text)
    {
        using var writer = new StringWriter();
        text.WriteTo(writer, HtmlEncoder.Default);
        return writer.ToString();
    }
}
