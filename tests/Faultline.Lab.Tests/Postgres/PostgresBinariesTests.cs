using Faultline.Lab.Postgres;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;
using Faultline.Lab.Tests.Support;

namespace Faultline.Lab.Tests.Postgres;

public sealed class PostgresBinariesTests
{
    [Fact]
    public async Task Two_labs_that_install_at_once_install_once_and_an_interrupted_installation_is_redone()
    {
        using TestFolder folder = TestFolder.Create();
        List<string> told = [];
        Progress progress = new(told);
        ProcessLedger ledger = new(Path.Combine(folder.Path, "processes.jsonl"));
        PostgresBinaries binaries = new(Path.Combine(folder.Path, "tools"), ledger, progress, TimeProvider.System);
        string draft = Path.Combine(folder.Path, "tools", "postgres-18.4.0-beta.17.draft", "node_modules");
        Directory.CreateDirectory(draft); // What an interrupted installation leaves.
        await File.WriteAllTextAsync(Path.Combine(draft, "half"), "", TestContext.Current.CancellationToken);

        PostgresInstallation[] both = await Task.WhenAll(
            binaries.EnsureAsync(made: 18, TestContext.Current.CancellationToken), binaries.EnsureAsync(made: null, TestContext.Current.CancellationToken));

        told.Count.ShouldBe(1);
        both[0].ShouldBe(both[1]);
        List<string> output = [];
        int exitCode = await ToolRun.RunAsync(
            new ProcessStart(both[0].Postgres, ["--version"], "probe"), ledger, output, TimeProvider.System, TestContext.Current.CancellationToken);
        output.ShouldBe(["postgres (PostgreSQL) 18.4"]); // It finds its libraries, so their links are there.
        exitCode.ShouldBe(0);
        Directory.Exists(Path.GetDirectoryName(draft)).ShouldBeFalse();
    }

    [Fact]
    public void The_versions_of_the_machine_are_those_that_have_their_programs_and_are_new_enough_the_newest_first()
    {
        using TestFolder folder = TestFolder.Create();
        Put("9.6", "postgres", "initdb");
        Put("14", "postgres", "initdb");
        PostgresBinaries.PackagedIn(folder.Path).ShouldBeEmpty();
        PostgresBinaries.PackagedIn(Path.Combine(folder.Path, "missing")).ShouldBeEmpty();

        string newest = Put("17", "postgres", "initdb");
        string older = Put("15", "postgres", "initdb");
        Put("18", "postgres"); // Only half of it.

        PostgresBinaries.PackagedIn(folder.Path).ShouldBe([new PostgresInstallation(newest, "17"), new PostgresInstallation(older, "15")]);

        string Put(string version, params string[] programs)
        {
            string bin = Path.Combine(folder.Path, version, "bin");
            Directory.CreateDirectory(bin);
            foreach (string program in programs) File.WriteAllText(Path.Combine(bin, program), "");
            return bin;
        }
    }

    [Fact]
    public async Task Databases_of_another_major_version_are_refused_by_name()
    {
        using TestFolder folder = TestFolder.Create();
        DataFolder data = new(Path.Combine(folder.Path, "services"));
        Directory.CreateDirectory(data.Data);
        await File.WriteAllTextAsync(Path.Combine(data.Data, "PG_VERSION"), "15\n", TestContext.Current.CancellationToken);

        (await data.IsThereAsync(new PostgresInstallation("/nowhere", "15"), TestContext.Current.CancellationToken)).ShouldBeTrue();
        LabException refused = await Should.ThrowAsync<LabException>(() => data.IsThereAsync(new PostgresInstallation("/nowhere", "18.4.0-beta.17"), TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("are of PostgreSQL 15, and PostgreSQL 18.4.0-beta.17");
    }

    /// <summary>Unlike <see cref="Progress{T}"/> it tells at once.</summary>
    private sealed class Progress(List<string> told) : IProgress<string>
    {
        public void Report(string value)
        {
            lock (told) told.Add(value);
        }
    }
}
