using Faultline.Lab.Postgres;
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
            binaries.EnsureAsync(TestContext.Current.CancellationToken), binaries.EnsureAsync(TestContext.Current.CancellationToken));

        told.Count.ShouldBe(1);
        both[0].ShouldBe(both[1]);
        List<string> output = [];
        int exitCode = await ToolRun.RunAsync(
            new ProcessStart(both[0].Postgres, ["--version"], "probe"), ledger, output, TimeProvider.System, TestContext.Current.CancellationToken);
        output.ShouldBe(["postgres (PostgreSQL) 18.4"]); // It finds its libraries, so their links are there.
        exitCode.ShouldBe(0);
        Directory.Exists(Path.GetDirectoryName(draft)).ShouldBeFalse();
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
