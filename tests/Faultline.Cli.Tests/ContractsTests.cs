using System.Text.Json.Nodes;
using Faultline.Cli.Composition;
using Faultline.Hosting;

namespace Faultline.Cli.Tests;

public sealed class ContractsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-contracts-").FullName;

    public static TheoryData<string> AllSystems { get; } = [.. Systems.All.Select(system => system.Definition.Name)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(AllSystems))]
    public async Task No_change_breaks_a_message_that_was_shipped(string system)
    {
        IReadOnlyList<string> breaks = await new ContractFolder(Definition(system), Path.Combine(RepositoryRoot(), ContractFolder.Usual)).BreaksAsync(Stop);

        breaks.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(AllSystems))]
    public async Task The_committed_contracts_are_what_the_code_declares(string system)
    {
        IReadOnlyList<string> differences = await new ContractFolder(Definition(system), Path.Combine(RepositoryRoot(), ContractFolder.Usual)).DifferencesAsync(Stop);

        differences.ShouldBeEmpty($"these files are out of date; './faultline contracts {system}' renews them");
    }

    [Theory, MemberData(nameof(AllSystems))]
    public async Task Every_document_follows_the_structure_of_AsyncAPI_3(string system)
    {
        await new ContractFolder(Definition(system), _folder).RenewAsync(Stop);

        string[] documents = Directory.GetFiles(Path.Combine(_folder, system), "*.asyncapi.json");
        documents.Length.ShouldBe(Definition(system).Services.Count);
        foreach (string document in documents) AsyncApiRules.Problems(JsonNode.Parse(await File.ReadAllTextAsync(document, Stop))!.AsObject()).ShouldBeEmpty(document);
    }

    [Fact]
    public async Task The_command_writes_the_files_and_then_finds_them_up_to_date()
    {
        TestCommandLine first = await TestCommandLine.RunAsync("contracts", "ticketflow", "--out", _folder);
        TestCommandLine second = await TestCommandLine.RunAsync("contracts", "ticketflow", "--out", _folder, "--check");

        first.ExitCode.ShouldBe(0, first.Error);
        first.Output.ShouldContain("tickets.asyncapi.json");
        (second.ExitCode, second.Output.Trim()).ShouldBe((0, "ticketflow: the contracts are up to date."));
    }

    [Fact]
    public async Task A_file_that_differs_is_named_with_the_command_that_renews_it()
    {
        await TestCommandLine.RunAsync("contracts", "ticketflow", "--out", _folder);
        await File.AppendAllTextAsync(Path.Combine(_folder, "ticketflow", "topology.md"), "by hand", Stop);
        await File.WriteAllTextAsync(Path.Combine(_folder, "ticketflow", "gone.asyncapi.json"), "{}", Stop);

        TestCommandLine check = await TestCommandLine.RunAsync("contracts", "ticketflow", "--out", _folder, "--check");

        check.ExitCode.ShouldBe(1);
        check.Output.ShouldContain("topology.md");
        check.Output.ShouldContain("gone.asyncapi.json");
        check.Output.ShouldContain("'faultline contracts ticketflow' renews them");
        (await TestCommandLine.RunAsync("contracts", "ticketflow", "--out", _folder)).ExitCode.ShouldBe(0);
        File.Exists(Path.Combine(_folder, "ticketflow", "gone.asyncapi.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_that_breaks_a_shipped_version_is_refused_with_message_property_and_what_to_do()
    {
        const string Message = "messages/ticketflow.ticket-created.v1.json";
        await TestCommandLine.RunAsync("contracts", "ticketflow", "--out", _folder);
        string path = Path.Combine(_folder, "ticketflow", Message);
        JsonObject shipped = JsonNode.Parse(await File.ReadAllTextAsync(path, Stop))!.AsObject();
        shipped["properties"]!["priority"] = new JsonObject { ["type"] = "string" };
        await File.WriteAllTextAsync(path, shipped.ToJsonString(), Stop);

        TestCommandLine refused = await TestCommandLine.RunAsync("contracts", "ticketflow", "--out", _folder);

        refused.ExitCode.ShouldBe(1);
        refused.Output.ShouldContain($"'ticketflow.ticket-created' version 1: property 'priority' is gone. Put it back, or declare version 2 with an upcaster (IUpcast); if this version was never shipped, delete {Message}.");
        (await File.ReadAllTextAsync(path, Stop)).ShouldContain("priority", Case.Sensitive, "nothing was written");
    }

    [Fact]
    public async Task A_shipped_version_that_nobody_reads_any_more_is_refused()
    {
        await TestCommandLine.RunAsync("contracts", "ticketflow", "--out", _folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "ticketflow", "messages", "ticketflow.forgotten.v1.json"), "{}", Stop);

        TestCommandLine refused = await TestCommandLine.RunAsync("contracts", "ticketflow", "--out", _folder);

        refused.ExitCode.ShouldBe(1);
        refused.Output.ShouldContain("'ticketflow.forgotten' version 1 was shipped, and nothing declares or reads it any more");
    }

    private static SystemDefinition Definition(string name) => Systems.All.First(system => system.Definition.Name == name).Definition;

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Faultline.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the test does not run inside the repository");
    }
}
