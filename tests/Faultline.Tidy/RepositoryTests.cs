using Faultline.Tidy.Rules;
using Faultline.Tidy.Sources;

namespace Faultline.Tidy;

public sealed class RepositoryTests
{
    private static readonly TidySettings OnlyCode = new(["src"], [".cs"], new Dictionary<string, string>());

    [Fact]
    public void The_root_holds_only_what_was_agreed() => RootAndTypes.UnknownEntries(Repository.RootEntries, TidySettings.Current).ShouldBeNone();

    [Fact]
    public void The_root_holds_at_most_sixteen_visible_entries() => RootAndTypes.Crowd(Repository.RootEntries).ShouldBeNone();

    [Fact]
    public void A_stray_entry_at_the_root_is_found() => RootAndTypes.UnknownEntries(["src", "notes.txt"], OnlyCode).ShouldBite("notes.txt");

    [Fact]
    public void A_seventeenth_visible_entry_is_found()
    {
        IEnumerable<string> seventeen = Enumerable.Range(0, 17).Select(number => $"entry{number}");

        RootAndTypes.Crowd(seventeen).ShouldBite("17 visible entries");
        RootAndTypes.Crowd(seventeen.Skip(1).Append(".hidden")).ShouldBeEmpty();
    }

    [Fact]
    public void Files_are_of_agreed_types() => RootAndTypes.UnknownTypes(Repository.Files, TidySettings.Current).ShouldBeNone();

    [Fact]
    public void A_file_of_an_unknown_type_is_found() => RootAndTypes.UnknownTypes([new("src/A.cs", ""), new("src/change.patch", ""), new("LICENSE", ""), new("faultline", "#!/bin/sh")], OnlyCode).ShouldBite(".patch");

    [Fact]
    public void Every_path_in_the_documents_exists() => Documents.DeadPaths(Repository.Documents, LinesOf).ShouldBeNone();

    [Theory]
    [InlineData("[guide](guide/absent.md)")]
    [InlineData("see `src/Absent/A.cs`")]
    [InlineData("see `src/A.cs:4`")]
    [InlineData("<img src=\"absent.svg\">")]
    public void A_path_in_a_document_that_leads_nowhere_is_found(string line) => Documents.DeadPaths([new("docs/README.md", line)], Planted).ShouldHaveSingleItem();

    [Theory]
    [InlineData("[up](../src/A.cs), [there](#below), [away](https://example.org/a)")]
    [InlineData("see `src/A.cs:3` and `src/<Name>/`")]
    public void A_path_in_a_document_that_exists_is_left_alone(string line) => Documents.DeadPaths([new("docs/README.md", line)], Planted).ShouldBeEmpty();

    [Fact]
    public void Every_piece_of_CSharp_in_the_documents_parses() => Documents.BrokenFences(Repository.Documents).ShouldBeNone();

    [Theory]
    [InlineData("var a = 1", 1)]
    [InlineData("class A {", 1)]
    [InlineData("var a = 1;\nawait Go(a);", 0)]
    [InlineData("namespace A;\n\nclass B;", 0)]
    [InlineData("public int A { get; init; } = 5;", 0)]
    public void A_piece_of_CSharp_that_does_not_parse_is_found(string code, int found) =>
        Documents.BrokenFences([new("docs/README.md", $"Text.\n\n```csharp\n{code}\n```\n")]).Count().ShouldBe(found);

    [Fact]
    public void The_changelog_says_what_comes_next() => Documents.MissingUnreleased(Repository.File("CHANGELOG.md")).ShouldBeNone();

    [Fact]
    public void A_changelog_without_what_comes_next_is_found() => Documents.MissingUnreleased(new("CHANGELOG.md", "# Changes\n")).ShouldBite("Unreleased");

    [Fact]
    public void Every_project_has_a_lock_file() => Packaging.Unlocked(ProjectFile.All(), Repository.Exists).ShouldBeNone();

    [Fact]
    public void A_project_without_a_lock_file_is_found() => Packaging.Unlocked([new(new SourceFile("src/A/A.csproj", "<Project />"))], _ => false).ShouldBite("src/A/A.csproj");

    [Fact]
    public void Every_project_is_in_the_solution() => Packaging.OutsideSolution(Repository.File("Faultline.slnx"), ProjectFile.All()).ShouldBeNone();

    [Fact]
    public void A_project_outside_the_solution_is_found()
    {
        var solution = new SourceFile("Faultline.slnx", "<Solution><Project Path=\"src/B/B.csproj\" /></Solution>");

        Packaging.OutsideSolution(solution, [new(new SourceFile("src/B/B.csproj", "<Project />")), new(new SourceFile("src/A/A.csproj", "<Project />"))]).ShouldBite("src/A/A.csproj is not in");
        Packaging.OutsideSolution(solution, []).ShouldBite("does not exist");
    }

    [Fact]
    public void No_lock_file_names_a_registry() => Packaging.RegistryHosts(Repository.Files).ShouldBeNone();

    [Theory]
    [InlineData("package-lock.json", "\"resolved\": \"https://registry.example.org/a.tgz\"", 1)]
    [InlineData("package-lock.json", "\"url\": \"https://example.org/funding\"", 0)]
    [InlineData("packages.lock.json", "\"source\": \"https://example.org/index.json\"", 1)]
    [InlineData(".npmrc", "registry=https://registry.example.org/", 1)]
    public void A_registry_in_a_lock_file_is_found(string name, string line, int found) => Packaging.RegistryHosts([new("web/" + name, line)]).Count().ShouldBe(found);

    private static int? LinesOf(string path)
    {
        SourceFile? file = Repository.Files.FirstOrDefault(file => file.Path == path);
        return file is not null ? file.Lines.Length : Repository.Exists(path) ? 0 : null;
    }

    private static int? Planted(string path) => path switch { "src/A.cs" => 3, _ => null };
}
