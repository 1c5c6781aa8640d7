using Xunit;

namespace ELearning.Data;

public sealed class FoldTests
{
    [Theory]
    [InlineData("Straße", "strasse")]
    [InlineData("STRASSE", "strasse")]
    [InlineData("GROẞ", "gross")]
    [InlineData("Übung ÄÖÜ", "ubung aou")]
    [InlineData("İzmir ISPARTA ılık", "izmir isparta ilik")]
    [InlineData("Élève français Œuvre", "eleve francais oeuvre")]
    [InlineData("Łódź Đorđe Ørsted Þór", "lodz dorde orsted thor")]
    [InlineData("e\u0301 u\u0308", "e u")]
    [InlineData("Ώρα ΟΔΟΣ οδός", "ωρα οδοσ οδοσ")]
    [InlineData("Ёлка", "елка")]
    [InlineData("हिन्दी", "हिन्दी")]
    [InlineData("한국어", "한국어")]
    [InlineData("", "")]
    public void Case_and_accents_do_not_count(string text, string folded) => Assert.Equal(folded, Fold.Text(text));

    [Fact]
    public void What_no_database_takes_is_left_out() => Assert.Equal("a\ufffdba", Fold.Text("a\ud800b\0ä"));

    [Theory]
    [InlineData(" Jane@Example.ORG ", "jane@example.org")]
    [InlineData("JOSÉ@x", "josé@x")]
    [InlineData("jose\u0301@x", "josé@x")]
    [InlineData("admın@x", "admın@x")]
    public void A_key_keeps_apart_what_may_be_two_people(string text, string key) => Assert.Equal(key, Fold.Key(text));

    [Fact]
    public void The_culture_of_the_thread_does_not_matter()
    {
        var before = Thread.CurrentThread.CurrentCulture;
        Thread.CurrentThread.CurrentCulture = new("tr-TR");
        try
        {
            Assert.Equal("title", Fold.Text("TITLE"));
            Assert.Equal("title", Fold.Key("TITLE"));
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = before;
        }
    }
}
