using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ELearning.Recipes;
using ELearning.Settings;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace ELearning.Tests.Recipes;

public sealed class RecipeReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("elearning-recipes").FullName;
    private readonly HandClock _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string> Mistakes => new()
    {
        {
            """
            { "name": "x", "steps": [ { "name": "recipes", "Values": [ { "name": "blnk" }, { "id": 1 } ] } ] }
            """,
            """
            (1,70): There is no recipe "blnk". There are none.
            (1,80): An item of "Values" needs "name". Add it.
            (1,82): An item of "Values" has no property "id". Known: executionid, name.
            """
        },
        {
            """
            { "name": "x", "variables": { "a": "[variables('b')]", "b": "[variables('a')]" }, "steps": [] }
            """,
            """
            (1,61): The variables "a", "b" are made of each other. Give one of them a value of its own.
            """
        },
        {
            """
            { "name": "x", "name": "y", "steps": [] }
            """,
            """
            (1,16): "name" stands here a second time. Remove one of them.
            """
        },
        {
            """
            { "name": "x", "steps": [ { "name": "notes" }, { "name": "notes", "Texts": ["a"], "Size": 11, "Loud": "yes" } ] }
            """,
            """
            (1,27): The step "notes" needs "Texts". Add it.
            (1,91): "Size" must be between 1 and 10, not 11.
            (1,103): "Loud" must be true or false, without quotation marks; here is a text.
            """
        },
        {
            """
            { "name": "x", "steps": [ { "name": "settings", "Notes": { "Titel": "a", "Title": "much longer than allowed", "Rows": "10", "Public": 1, "Colour": "Pnik", "Editors": "me", "Until": "tomorrow" } } ] }
            """,
            """
            (1,60): "Notes" has no property "Titel". Did you mean "Title"?
            (1,83): The field Title must be a string with a maximum length of 20.
            (1,119): "Rows" must be a whole number, such as 10; here is a text.
            (1,135): "Public" must be true or false, without quotation marks; here is a number.
            (1,148): There is no Colour "Pnik". Did you mean "Pink"?
            (1,167): "Editors" must be a list, such as [ ... ]; here is a text.
            (1,182): "Until": write a date, such as "2026-03-01", not "tomorrow".
            """
        },
        {
            """
            {
              // ä comment
              "name": "x", /* ü */ "nam": 1,
              "steps": []
            }
            """,
            """
            (3,24): A recipe has no property "nam". Did you mean "name"?
            """
        },
        {
            """

            """,
            """
            (1,1): This is empty. A recipe begins with {.
            """
        },
        {
            """
            { "name": "x", "steps": [ { "name": "settings", "SiteName": "", "TimeZoneId": "Mars", "Culture": "xx-yy-zz-123456789", "HomeRoute": "hello", "PageSize": 10 } ] }
            """,
            """
            (1,61): "SiteName": write 1 to 200 characters.
            (1,79): "TimeZoneId": there is no zone "Mars". Write an IANA name, such as "Europe/Berlin".
            (1,98): "Culture": there is no culture "xx-yy-zz-123456789". Write a language tag, such as "de" or "en-GB".
            (1,133): "HomeRoute": write a path that begins with /, such as "/hello".
            (1,142): The step "settings" has no property "PageSize". Known: Culture, HomeRoute, Notes, SiteName, TimeZoneId.
            """
        },
        {
            """
            { "name": "x", "steps": [ { "name": "feature", "enabel": ["Notes"], "disable": "Notes" } ] }
            """,
            """
            (1,48): The step "feature" has no property "enabel". Did you mean "enable"?
            (1,80): "disable" must be a list, such as [ ... ]; here is a text.
            """
        },
        {
            """
            { "name": "x", "variables": { "one": "[uuid()]", "bad": "[nope()]" }, "steps": [ { "name": "notes", "Texts": ["[variables('on')]"] } ] }
            """,
            """
            (1,57): There is no function "nope". Known: configuration, file:text, now, parameters, uuid, variables.
            (1,111): There is no variable "on". Did you mean "one"?
            """
        },
        {
            """
            { "name": "x" "steps": [] }
            """,
            """
            (1,15): This is not JSON: '"' is invalid after a value. Expected either ',', '}', or ']'. Look for a missing comma, quotation mark or bracket here or just before.
            """
        },
        {
            """
            { "name": "x", "steps": [] } {}
            """,
            """
            (1,30): This is not JSON: '{' is invalid after a single JSON value. Expected end of data. Look for a missing comma, quotation mark or bracket here or just before.
            """
        },
        {
            """
            { "name": "x", "steps": [ { "name": "Feature", "Enable": ["Nots", "notes", "Quizzes", 5, null] } ] }
            """,
            """
            (1,59): There is no feature "Nots". Did you mean "Notes"?
            (1,67): There is no feature "notes". Did you mean "Notes"?
            (1,76): There is no feature "Quizzes". Known: Notes, Recipes, Settings, Walls.
            (1,87): An item of "enable" must be a text, such as "text"; here is a number.
            (1,90): An item of "enable" must be a text, such as "text"; here is null.
            """
        },
        {
            """
            { "name": "x", "steps": [ { "name": "themes" }, { "name": "themes", "site": "Corck" } ] }
            """,
            """
            (1,27): The step "themes" needs "site". Add it.
            (1,77): There is no theme "Corck". Did you mean "Cork"?
            """
        },
        {
            """
            { "name": "x"
            """,
            """
            (1,14): This is not JSON: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed. Look for a missing comma, quotation mark or bracket here or just before.
            """
        },
        {
            """
            { "name": "x", "steps": [ { "enable": ["Notes"] }, { "name": 1 }, { "name": "feture" }, { "name": "lucene-index" } ] }
            """,
            """
            (1,27): This step has no name. Add "name": one of feature, themes, settings, Roles, quota, notes, recipes.
            (1,62): The name of a step must be a text, such as "feature"; here is a number.
            (1,77): There is no step "feture". Did you mean "feature"?
            (1,99): There is no step "lucene-index". Known: feature, notes, quota, recipes, Roles, settings, themes.
            """
        },
        {
            """
            { "name": "x", "steps": [ { "name": "notes", "Texts": ["a\u0000b", "\ud800"] } ] }
            """,
            """
            (1,56): This text has a character that cannot be stored (U+0000 or half of a surrogate pair). Remove it.
            (1,68): This text has a character that cannot be stored (U+0000 or half of a surrogate pair). Remove it.
            """
        },
        {
            """
            { "name": "x", "steps": [ "feature" ] }
            """,
            """
            (1,27): An item of "steps" must be an object, such as { "name": ... }; here is a text.
            """
        },
        {
            """
            { "name": "x", "steps": [ { "name": "settings", "Notes": { "Rows": 1.5, "Title": null, "Footer": null } }, { "name": "settings", "Notes": { "Rows": 101 } } ] }
            """,
            """
            (1,68): "Rows" must be a whole number, not 1.5.
            (1,82): "Title" must be a text, such as "text"; here is null.
            (1,149): The field Rows must be between 1 and 100.
            """
        },
        {
            """
            []
            """,
            """
            (1,1): A recipe must be an object, such as { "name": ... }; here is a list.
            """
        },
        {
            """
            { "name": "x", "steps": [ { "name": "notes", "Texts": ["[parameters('AdminEmial')]", "[configuration('Nothing')]", "[uid()]", "[uuid('x')]", "[js: 1 + 1]", "[link]"] } ] }
            """,
            """
            (1,56): The parameter "AdminEmial" was not given. Did you mean "AdminEmail"?
            (1,86): The configuration has no Recipes:Nothing. Set it, or write [configuration('Nothing', 'a default')].
            (1,116): There is no function "uid". Did you mean "uuid"?
            (1,127): "[uuid('x')]" does not have the arguments that it takes. Write one of uuid(), now(), variables('name'), parameters('name'), configuration('key', 'default') and file:text('path').
            (1,142): "[js: 1 + 1]" is no expression. Write one of uuid(), now(), variables('name'), parameters('name'), configuration('key', 'default') and file:text('path'), or [[js: 1 + 1] when the text itself is meant.
            (1,157): "[link]" is no expression. Write one of uuid(), now(), variables('name'), parameters('name'), configuration('key', 'default') and file:text('path'), or [[link] when the text itself is meant.
            """
        },
        {
            """
            { "name": 7, "steps": {}, "tags": "lms", "issetuprecipe": "yes", "variables": { "a": 1 } }
            """,
            """
            (1,11): "name" must be a text, such as "text"; here is a number.
            (1,23): "steps" must be a list, such as [ ... ]; here is an object.
            (1,35): "tags" must be a list, such as [ ... ]; here is a text.
            (1,59): "issetuprecipe" must be true or false, without quotation marks; here is a text.
            (1,86): "a" must be a text, such as "text"; here is a number.
            """
        },
        {
            """
            { "name": "x", "stepps": [] }
            """,
            """
            (1,1): A recipe needs "steps". Add it.
            (1,16): A recipe has no property "stepps". Did you mean "steps"?
            """
        },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_with_its_place_and_what_to_write(string text, string expected) =>
        Assert.Equal(expected, string.Join("\n", Read(text).Mistakes).Replace("x.recipe.json", ""));

    [Theory]
    [InlineData("[[uuid()]", "[uuid()]")]
    [InlineData("[[[x]]", "[[x]]")]
    [InlineData("[x", "[x")]
    [InlineData("x]", "x]")]
    [InlineData("Hello [uuid()]", "Hello [uuid()]")]
    [InlineData("[parameters('AdminEmail')]", "a@b.example")]
    [InlineData("[ js: parameters('adminemail') ]", "a@b.example")]
    [InlineData("[parameters('Hostile')]", "[configuration('Greeting')]")]
    [InlineData("[configuration('Greeting')]", "Salut")]
    [InlineData("[configuration('Nothing', 'it\\'s [me]')]", "it's [me]")]
    [InlineData("[configuration('../Secret', 'kept')]", "kept")]
    [InlineData("[now()]", "2026-03-01T09:00:00.000000Z")]
    [InlineData("[js: new Date().toISOString()]", "2026-03-01T09:00:00.000000Z")]
    public void A_text_means(string written, string meant) => Assert.Equal([meant], Texts(written));

    [Fact]
    public void A_variable_is_evaluated_once()
    {
        var texts = Texts("[variables('id')]", "[js: variables('ID')]", "[uuid()]");

        Assert.Equal(texts[0], texts[1]);
        Assert.NotEqual(texts[0], texts[2]);
        Assert.True(Guid.TryParse(texts[0], out _));
    }

    [Fact]
    public void Where_a_number_or_a_flag_is_asked_for_an_expression_is_read_as_one()
    {
        var read = Read("""{ "name": "x", "steps": [ { "name": "notes", "Texts": [], "Size": "[parameters('Size')]", "Loud": "[configuration('x', 'true')]" } ] }""", ("Size", "7"));

        Assert.Equal("""{"Texts":[],"Size":7,"Loud":true}""", Assert.Single(read.Steps).Json);
    }

    [Theory]
    [InlineData("inside.txt", null)]
    [InlineData("deep/er.txt", null)]
    [InlineData("../outside.txt", "is no path inside")]
    [InlineData("deep/../inside.txt", "is no path inside")]
    [InlineData("./inside.txt", "is no path inside")]
    [InlineData("/etc/passwd", "is no path inside")]
    [InlineData("deep\\\\er.txt", "is no path inside")]
    [InlineData("deep//er.txt", "is no path inside")]
    [InlineData("", "is no path inside")]
    [InlineData("deep", "There is no file")]
    [InlineData("missing.txt", "There is no file")]
    [InlineData("link.txt", "leads through a link")]
    [InlineData("linked/passwd", "leads through a link")]
    [InlineData("dangling.txt", "leads through a link")]
    [InlineData("binary.bin", "is not UTF-8")]
    public void A_file_is_read_inside_the_recipes_folder_only(string path, string? refusal)
    {
        var recipe = Directory.CreateDirectory(Path.Combine(_folder, "mine")).FullName;
        Directory.CreateDirectory(Path.Combine(recipe, "deep"));
        File.WriteAllText(Path.Combine(_folder, "outside.txt"), "secret");
        File.WriteAllText(Path.Combine(recipe, "inside.txt"), "[uuid()]");
        File.WriteAllText(Path.Combine(recipe, "deep", "er.txt"), "[uuid()]");
        File.WriteAllBytes(Path.Combine(recipe, "binary.bin"), [0xff, 0xfe, 0x80]);
        File.CreateSymbolicLink(Path.Combine(recipe, "link.txt"), Path.Combine(_folder, "outside.txt"));
        File.CreateSymbolicLink(Path.Combine(recipe, "dangling.txt"), Path.Combine(_folder, "nowhere.txt"));
        Directory.CreateSymbolicLink(Path.Combine(recipe, "linked"), "/etc");
        var text = $$"""{ "name": "x", "steps": [ { "name": "notes", "Texts": ["[file:text('{{path.Replace("\\", "\\\\")}}')]"] } ] }""";

        var read = Reader().Read(RecipeSource.Of("x", text) with { Folder = recipe }, new Dictionary<string, string>());

        if (refusal is null) Assert.Equal("""{"Texts":["[uuid()]"]}""", Assert.Single(read.Steps).Json);
        else Assert.Contains(refusal, Assert.Single(read.Mistakes).Text);
    }

    [Fact]
    public void A_recipe_that_calls_another_has_its_steps_and_its_mistakes()
    {
        File.WriteAllText(Path.Combine(_folder, "base.recipe.json"), """{ "name": "base", "steps": [ { "name": "notes", "Texts": ["base"] } ] }""");
        File.WriteAllText(Path.Combine(_folder, "bad.recipe.json"), """{ "name": "other", "steps": [ { "name": "recipes", "Values": [ { "name": "bad" } ] } ] }""");

        Assert.Equal(["base", "x"], Read("""{ "name": "x", "steps": [ { "name": "recipes", "Values": [ { "name": "base" } ] }, { "name": "notes", "Texts": [] } ] }""").Steps.Select(s => s.Recipe));
        Assert.Equal(
            """
            bad.recipe.json(1,11): This recipe is called "bad" by its file. Write that name, or rename the file.
            bad.recipe.json(1,74): Recipes call each other in a circle: x > bad > bad. Remove one of the calls.
            """, string.Join("\n", Read("""{ "name": "x", "steps": [ { "name": "recipes", "Values": [ { "name": "bad" } ] } ] }""").Mistakes));
    }

    [Fact]
    public void Whatever_is_written_in_a_recipe_it_is_read_or_its_mistakes_are_told()
    {
        var good = Encoding.UTF8.GetBytes("""
            { "name": "x", "variables": { "a": "[uuid()]" }, "tags": [1.5e3], // ü
              "steps": [ { "name": "feature", "enable": ["Notes"] }, { "name": "settings", "Notes": { "Rows": 5, "Editors": ["[variables('a')]"] } },
                         { "name": "notes", "Texts": ["[configuration('Greeting')]", "\ud83d\ude00"], }, ] }
            """);
        var random = new Random(7);
        var pieces = "{}[]\",:'\\/*-+.eEtrufalsn0123456789()js$ü \n"u8.ToArray();
        var told = 0;
        for (var i = 0; i < 3000; i++)
        {
            var text = good.ToList();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(4))
                {
                    case 0: text.RemoveAt(at); break;
                    case 1: text.Insert(at, pieces[random.Next(pieces.Length)]); break;
                    case 2: text[at] = (byte)random.Next(256); break;
                    default: text.RemoveRange(at, Math.Min(random.Next(30), text.Count - at)); break;
                }
                if (text.Count == 0) break;
            }

            var read = Reader().Read(new("x", [.. text], null), new Dictionary<string, string>());

            var lines = Encoding.UTF8.GetString([.. text]).Split('\n');
            foreach (var mistake in read.Mistakes)
            {
                Assert.InRange(mistake.At.Line, 1, lines.Length);
                Assert.InRange(mistake.At.Column, 1, lines[mistake.At.Line - 1].Length + 1);
                told++;
            }
            foreach (var step in read.Steps) JsonDocument.Parse(step.Json).Dispose();
        }
        Assert.True(told > 1000, $"Only {told} mistakes were told.");
    }

    [Fact]
    public void Every_text_survives_being_escaped_and_read()
    {
        var random = new Random(11);
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => "[]ux('é"[random.Next(7)]));
            Assert.Equal([text], Texts(Expressions.Escape(text)));
        }
    }

    [Fact]
    public void The_schema_names_every_step_and_its_properties()
    {
        var steps = Reader().Schema()["properties"]!["steps"]!["items"]!["anyOf"]!.AsArray()
            .ToDictionary(step => step!["properties"]!["name"]!["const"]!.GetValue<string>(), step => step!["properties"]!.AsObject());

        Assert.Equal(["feature", "notes", "quota", "recipes", "Roles", "settings", "themes"], steps.Keys.Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal("integer", steps["settings"]["Notes"]!["properties"]!["Rows"]!["anyOf"]![0]!["type"]!.GetValue<string>());
        Assert.Contains("Notes", steps["feature"]["enable"]!["items"]!.ToJsonString());
    }

    private string[] Texts(params string[] texts)
    {
        var recipe = new JsonObject
        {
            ["name"] = "x",
            ["variables"] = new JsonObject { ["id"] = "[uuid()]" },
            ["steps"] = new JsonArray(new JsonObject { ["name"] = "notes", ["Texts"] = new JsonArray([.. texts.Select(text => (JsonNode)text)]) }),
        };
        var read = Read(recipe.ToJsonString(), ("Hostile", "[configuration('Greeting')]"));
        Assert.Empty(read.Mistakes);
        return [.. JsonNode.Parse(Assert.Single(read.Steps).Json)!["Texts"]!.AsArray().Select(text => text!.GetValue<string>())];
    }

    private RecipeText Read(string text, params (string, string)[] parameters) => Reader().Read(
        RecipeSource.Of("x", text), parameters.Append(("AdminEmail", "a@b.example")).ToDictionary(p => p.Item1, p => p.Item2));

    private RecipeReader Reader() => new(
        new FeatureCatalog([new SettingsFeature(), new RecipesFeature(), new NotesFeature(), new WallsFeature()]),
        new ConfigurationBuilder().AddInMemoryCollection([new("Recipes:Greeting", "Salut"), new("Secret", "no")]).Build(),
        new RecipeFiles(new KernelOptions { RecipesFolder = _folder }), _clock);
}
