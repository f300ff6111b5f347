using Faultline.Tidy.Rules;
using Faultline.Tidy.Sources;

namespace Faultline.Tidy;

public sealed class TextTests
{
    [Fact]
    public void No_file_says_that_it_is_unfinished() => Words.Banned(Repository.Files).ShouldBeNone();

    [Theory]
    [InlineData("// " + "TO" + "DO: later", 1)]
    [InlineData("-- " + "FIX" + "ME", 1)]
    [InlineData("hackathon, methodology", 0)]
    public void A_word_for_unfinished_work_is_found(string line, int found) => Words.Banned([new("src/a.sql", line)]).Count().ShouldBe(found);

    [Fact]
    public void No_code_sleeps_in_comments() => CommentedOutCode.Offenders(Repository.Files).ShouldBeNone();

    [Theory]
    [InlineData("    // var x = Take(1);")]
    [InlineData("//return 5;")]
    [InlineData("    // await _relay.SendAsync(row, stop);")]
    [InlineData("    // if (ready) {")]
    [InlineData("    // }")]
    public void Code_inside_a_comment_is_found(string line) => CommentedOutCode.Offenders([new("src/A.cs", line)]).ShouldBite("code inside a comment");

    [Theory]
    [InlineData("    // The slot was taken before; it must go back.")]
    [InlineData("    // Reads go first (they do no harm);")]
    [InlineData("    /// <c>return 5;</c>")]
    [InlineData("    // see PlaceOrder for the rest;")]
    public void A_sentence_inside_a_comment_is_left_alone(string line) => CommentedOutCode.Offenders([new("src/A.cs", line)]).ShouldBeEmpty();

    [Fact]
    public void Whoever_switches_a_warning_off_in_code_says_why() => Suppressions.InCode(Repository.Code).ShouldBeNone();

    [Fact]
    public void Whoever_switches_a_warning_off_in_a_project_says_why() => Suppressions.InProjects(Repository.Files).ShouldBeNone();

    [Fact]
    public void Whoever_switches_an_analyzer_off_says_why() => Suppressions.InAnalyzerSettings(Repository.Files).ShouldBeNone();

    [Theory]
    [InlineData("#pragma warning disable CS1", 1)]
    [InlineData("#pragma warning disable CS1 // the generated half declares it", 0)]
    [InlineData("[SuppressMessage(\"a\", \"b\")] class A;", 1)]
    [InlineData("[SuppressMessage(\"a\", \"b\", Justification = \"the runtime calls it\")] class A;", 0)]
    public void A_suppression_without_a_reason_is_found(string code, int found) => Suppressions.InCode([new("src/A.cs", code + "\n")]).Count().ShouldBe(found);

    [Theory]
    [InlineData("<Project><PropertyGroup><NoWarn>CS1</NoWarn></PropertyGroup></Project>", 1)]
    [InlineData("<Project><PropertyGroup><!-- The generator emits it. --><NoWarn>CS1</NoWarn></PropertyGroup></Project>", 0)]
    public void A_suppression_in_a_project_without_a_reason_is_found(string text, int found) => Suppressions.InProjects([new("src/A.csproj", text)]).Count().ShouldBe(found);

    [Fact]
    public void An_analyzer_switched_off_without_a_reason_is_found() =>
        Suppressions.InAnalyzerSettings([new("eng/a.globalconfig", "# Because of the weather.\ndotnet_diagnostic.A1.severity = none\n\ndotnet_diagnostic.A2.severity = none\n")]).ShouldBite(":4");

    [Fact]
    public void Nothing_sleeps_to_let_things_happen() => Statements.Sleeps(Repository.Code).ShouldBeNone();

    [Fact]
    public void A_sleep_is_found() => Statements.Sleeps([new("tests/A.cs", "System.Threading.Thread.Sleep(5);")]).ShouldBite("sleeps");

    [Fact]
    public void No_catch_is_silent() => Statements.SilentCatches(Repository.Code).ShouldBeNone();

    [Theory]
    [InlineData("try { F(); } catch { }", 1)]
    [InlineData("try { F(); } catch (E) { /* no */ }", 1)]
    [InlineData("try { F(); } catch\n{\n    // Already gone: that is what was wanted.\n}", 0)]
    [InlineData("try { F(); } catch { throw; }", 0)]
    public void A_silent_catch_is_found(string code, int found) => Statements.SilentCatches([new("src/A.cs", code)]).Count().ShouldBe(found);

    [Fact]
    public void Nobody_is_left_unable_to_await() => Statements.AsyncVoids(Repository.Code).ShouldBeNone();

    [Fact]
    public void An_async_void_is_found() => Statements.AsyncVoids([new("src/A.cs", "class A { async void Go() { } async Task Fine() { } }")]).ShouldBite("Go is async void");

    [Fact]
    public void Tests_are_named_as_sentences() => TestNames.Offenders(Repository.Code).ShouldBeNone();

    [Theory]
    [InlineData("Test1", 1)]
    [InlineData("Ctor_Ok", 1)]
    [InlineData("A_paused_consumer_cannot_commit", 0)]
    public void A_test_name_that_says_nothing_is_found(string name, int found) => TestNames.Offenders([new("tests/A.cs", $"class A {{ [Fact] void {name}() {{ }} }}")]).Count().ShouldBe(found);
}
