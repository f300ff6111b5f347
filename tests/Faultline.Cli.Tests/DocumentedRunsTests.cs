using System.Text.RegularExpressions;
using Faultline.Cli.Composition;
using Faultline.Lab.Experiments;
using Faultline.Verification.Experiments;

namespace Faultline.Cli.Tests;

/// <summary>What the documents tell people to run can be run: files and commands are planned, as before a run.</summary>
public sealed partial class DocumentedRunsTests
{
    private static readonly string Root = RepositoryRoot();

    /// <summary>All but those that describe a system of the user's own: they are read with the experiments that name them.</summary>
    public static TheoryData<string> Files => [.. FilesBelow("docs", "*.yaml").Where(file => !Read(file).Contains("\nservices:", StringComparison.Ordinal))];

    public static TheoryData<string> Lessons => [.. FilesBelow("docs/lessons/experiments", "*.yaml")];

    [Theory, MemberData(nameof(Files))]
    public void Every_experiment_file_of_the_documents_can_be_run(string file)
    {
        string folder = Path.Combine(Root, Path.GetDirectoryName(file)!);
        string text = Read(file);

        RunPlan.Of(new RunOrder { Experiment = text, File = file, Folder = folder }, [.. Systems.Specs(), .. Systems.NamedIn(text, folder)]).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Every_run_that_a_lesson_or_the_workshop_tells_can_be_planned()
    {
        (string Page, string Command)[] commands =
        [
            .. from page in FilesBelow("docs/lessons", "*.md").Concat(FilesBelow("docs/workshop", "*.md")).Append("docs/guide/restaurant.md").Append("docs/guide/ticketflow.md")
               from Match match in Commands().Matches(Read(page))
               select (page, match.Groups["rest"].Value.Trim()),
        ];

        commands.Length.ShouldBeGreaterThan(30);
        foreach ((string page, string command) in commands) Plan(OrderOf(command)).Problems.ShouldBeEmpty($"{page} tells: ./faultline run {command}");
    }

    [Theory, MemberData(nameof(Lessons))]
    public void Every_lesson_shows_its_guard_on_and_off_under_the_same_faults(string file)
    {
        Battery battery = Plan(new RunOrder { Experiment = Read(file), File = file }).Plan.ShouldNotBeNull().Battery;
        Experiment[] bare = [.. battery.Cells.Where(cell => cell.Name.EndsWith("bare", StringComparison.Ordinal) && cell.ExpectViolation is not null)];

        bare.ShouldNotBeEmpty();
        foreach (Experiment off in bare)
        {
            Experiment on = battery.Cells.Single(cell => cell.Name == off.Name.Replace("bare", "guarded", StringComparison.Ordinal));
            off.Guards.ShouldHaveSingleItem().On.ShouldBeFalse();
            on.Guards.ShouldBeEmpty();
            on.ExpectViolation.ShouldBeNull();
            ExperimentWriter.Write(off with { Name = on.Name, Title = on.Title, Guards = [], ExpectViolation = null, DrainLimit = on.DrainLimit }).ShouldBe(ExperimentWriter.Write(on));
        }
    }

    [Theory, MemberData(nameof(Lessons))]
    public void Every_lesson_has_a_page_that_tells_its_check(string file) =>
        Read($"docs/lessons/{Path.GetFileNameWithoutExtension(file)}.md").ShouldContain($"./faultline run {file}\n");

    [Fact]
    public void The_long_form_of_a_battery_has_more_experiments_and_is_refused_where_there_is_none()
    {
        RunPlan usual = Plan(new RunOrder { Battery = "ticketflow/all" }).Plan!, whole = Plan(new RunOrder { Battery = "ticketflow/all", Long = true }).Plan!;

        whole.Battery.Cells.Count.ShouldBeGreaterThan(usual.Battery.Cells.Count * 2);
        whole.Battery.Cells.Select(cell => cell.Name).ShouldBeUnique();
        usual.Battery.Cells.Select(cell => cell.Name).ShouldBeUnique();
        whole.Command.ShouldContain(" --long");
        Plan(new RunOrder { Battery = "ticketflow/guards", Long = true }).Problems.Single().With("--").ShouldBe(
            "--long is for batteries that have a long form (ticketflow/desk, ticketflow/races, ticketflow/deadlines, ticketflow/bad-input, ticketflow/all); 'ticketflow/guards' has none.");
    }

    private static RunPlanning Plan(RunOrder order) => RunPlan.Of(order, Systems.Specs());

    /// <summary>The order of a command as the documents write it. A participant's folder is not there yet: the one that it is copied from stands in for it.</summary>
    private static RunOrder OrderOf(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string? Option(string name) => Array.IndexOf(words, name) is >= 0 and var at ? words[at + 1] : null;
        bool isFile = words[0].EndsWith(".yaml", StringComparison.Ordinal);
        return new RunOrder
        {
            Battery = isFile ? null : words[0],
            Experiment = isFile ? Read(words[0]) : null,
            File = isFile ? words[0] : null,
            Guards = Option("--guards")?.Split(','),
            Profile = Option("--profile"),
            Broker = Option("--broker"),
            Long = words.Contains("--long"),
            Orders = Option("--orders") is { } orders ? Path.Combine(Root, orders == "./my-orders" ? "systems/Restaurant/workshop/Orders" : orders) : null,
            Only = Option("--only")?.Split(','),
        };
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static IEnumerable<string> FilesBelow(string folder, string pattern) =>
        Directory.GetFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file)).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\./faultline run (?<rest>[^#`\n]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Commands();

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Faultline.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the test does not run inside the repository");
    }
}
