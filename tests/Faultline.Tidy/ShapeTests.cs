using Faultline.Tidy.Rules;
using Faultline.Tidy.Sources;

namespace Faultline.Tidy;

public sealed class ShapeTests
{
    private static readonly string SeventyOneLines = $"class A\n{{\n    void Long()\n    {{\n{string.Concat(Enumerable.Repeat("        F();\n", 68))}    }}\n}}\n";

    [Fact]
    public void No_function_grows_past_seventy_lines() => Lengths.LongFunctions(Repository.Code, Ratchet.Current).ShouldBeNone();

    [Fact]
    public void No_file_grows_past_five_hundred_lines() => Lengths.LongFiles(Repository.Files, Ratchet.Current).ShouldBeNone();

    [Fact]
    public void A_function_of_seventy_one_lines_is_found() => Lengths.LongFunctions([new("src/A.cs", SeventyOneLines)], Ratchet.Empty).ShouldBite("A.Long has 71 lines");

    [Fact]
    public void A_function_of_seventy_lines_is_not_found() =>
        Lengths.LongFunctions([new("src/A.cs", SeventyOneLines.Replace("    {\n        F();\n", "    {\n", StringComparison.Ordinal))], Ratchet.Empty).ShouldBeEmpty();

    [Fact]
    public void A_file_of_five_hundred_and_one_lines_is_found() => Lengths.LongFiles([new("web/src/a.ts", new string('\n', 500))], Ratchet.Empty).ShouldBite("501 lines");

    [Fact]
    public void What_the_ratchet_records_may_stay_but_not_grow()
    {
        SourceFile[] files = [new("src/A.cs", SeventyOneLines)];

        Lengths.LongFunctions(files, Recorded(71)).ShouldBeEmpty();
        Lengths.LongFunctions([new("src/A.cs", SeventyOneLines.Replace("F();\n    }", "F();\n\n    }", StringComparison.Ordinal))], Recorded(71)).ShouldBite("72 lines; at most 71");
    }

    [Fact]
    public void A_record_in_the_ratchet_follows_what_shrinks()
    {
        Lengths.LongFunctions([new("src/A.cs", SeventyOneLines)], Recorded(80)).ShouldBite("shrank to 71");
        Lengths.LongFunctions([], Recorded(80)).ShouldBite("no longer needed");
    }

    [Fact]
    public void Classes_are_sealed_unless_somebody_derives() => TypeShape.Unsealed(Repository.Code).ShouldBeNone();

    [Theory]
    [InlineData("class A;", 1)]
    [InlineData("record A(int B);", 1)]
    [InlineData("sealed class A;", 0)]
    [InlineData("static class A;", 0)]
    [InlineData("abstract class A;", 0)]
    [InlineData("record struct A(int B);", 0)]
    [InlineData("sealed partial class A; partial class A;", 0)]
    [InlineData("class A { [Benchmark] public void B() { } }", 0)]
    [InlineData("class A<T>; sealed class B : A<int>;", 0)]
    public void A_class_that_nobody_derives_from_is_found(string code, int found) => TypeShape.Unsealed([new("src/A.cs", code)]).Count().ShouldBe(found);

    [Fact]
    public void Interfaces_stand_at_agreed_borders_only() => TypeShape.UnlistedInterfaces(Repository.ProductCode, TidySettings.Current).ShouldBeNone();

    [Fact]
    public void An_interface_that_is_not_agreed_is_found()
    {
        var none = new TidySettings([], [], new Dictionary<string, string>());
        var agreed = new TidySettings([], [], new Dictionary<string, string> { ["N.IA"] = "border: the process table" });

        TypeShape.UnlistedInterfaces([new("src/A.cs", "namespace N; interface IA;")], none).ShouldBite("N.IA");
        TypeShape.UnlistedInterfaces([new("src/A.cs", "namespace N; interface IA;")], agreed).ShouldBeEmpty();
        TypeShape.UnlistedInterfaces([], agreed).ShouldBite("no longer needed");
    }

    [Fact]
    public void Files_and_folders_are_named_after_a_feature() => Words.EmptyNames(Repository.Files).ShouldBeNone();

    [Theory]
    [InlineData("src/X/Helpers/A.cs")]
    [InlineData("src/X/StringUtils.cs")]
    [InlineData("src/X/QueueManager.cs")]
    public void A_name_without_a_feature_is_found(string path) => Words.EmptyNames([new(path, "")]).ShouldBite("names no feature");

    private static Ratchet Recorded(int lines) => Ratchet.Empty with { Functions = new Dictionary<string, int> { ["src/A.cs A.Long"] = lines } };
}
