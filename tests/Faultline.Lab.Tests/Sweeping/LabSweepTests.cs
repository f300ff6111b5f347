using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Sweeping;
using Faultline.Lab.Tests.Support;

namespace Faultline.Lab.Tests.Sweeping;

public sealed class LabSweepTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_lab_leaves_no_server_and_the_next_one_finds_its_data()
    {
        using TestFolder folder = TestFolder.Create();
        await using LabProcess killed = await LabProcess.StartAsync(folder.Path, "21000");

        await killed.KillAsync();
        await Limits.UntilAsync(() => !killed.Members.Values.Any(ProcessTable.IsRunning), "all processes of the killed lab have ended");

        await using LabInfrastructure next = await TestLab.StartInAsync(folder.Path, "21000");
        (await TestLab.QueryAsync(next.Services.AdminConnectionString("echo"), "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Next_lab_ends_what_a_killed_lab_left_even_paused_and_tells_what_it_healed()
    {
        using TestFolder folder = TestFolder.Create();
        await using LabProcess killed = await LabProcess.StartAsync(folder.Path, "21000", "deaf");
        await killed.TellAsync("pause demo/echo-1");
        await killed.TellAsync("pause postgres/services");
        ProcessIdentity instance = killed.Members["demo/echo-1"];

        await killed.KillAsync();
        string[] sockets = [.. RuntimeSockets.PathsOf(killed.Program), .. RuntimeSockets.PathsOf(instance)];
        sockets.ShouldAllBe(path => File.Exists(path));
        await using LabInfrastructure next = await TestLab.StartInAsync(folder.Path, "21000");

        killed.Members.Values.ShouldAllBe(process => !ProcessTable.IsRunning(process));
        sockets.ShouldAllBe(path => !File.Exists(path));
        next.Sweep.ProcessesEnded.ShouldBeGreaterThan(0);
        next.Disruptor.HealedAtStart.Select(healed => (healed.Target, healed.Verb, healed.ByEarlierLab)).ShouldBe(
            [("demo/echo-1", "pause", true), ("postgres/services", "pause", true)]);
        ProcessTable.IsRunning(instance).ShouldBeFalse();
    }

    [Fact]
    public async Task Paused_cluster_of_a_killed_lab_is_woken_and_stopped_by_its_keeper_alone()
    {
        using TestFolder folder = TestFolder.Create();
        await using LabProcess killed = await LabProcess.StartAsync(folder.Path, "21000");
        await killed.TellAsync("pause postgres/queue");

        await killed.KillAsync();

        await Limits.UntilAsync(() => !ProcessTable.IsRunning(killed.Members["postgres/queue"]), "the paused server has ended");
    }

    [Fact]
    public async Task Folder_of_a_killed_run_is_deleted_with_its_processes_and_running_labs_are_left_alone()
    {
        using TestFolder folder = TestFolder.Create();
        await using LabProcess killed = await LabProcess.StartAsync(folder.Path, "run", "deaf");
        await using LabProcess alive = await LabProcess.StartAsync(folder.Path, "run");
        (killed.Name, alive.Name).ShouldBe(("run-1", "run-2"));
        await killed.KillAsync();

        SweepReport[] reports = await Task.WhenAll(
            Task.Run(() => LabSweep.RunAsync(folder.Path, TimeProvider.System, Stop)), Task.Run(() => LabSweep.RunAsync(folder.Path, TimeProvider.System, Stop)));

        reports.SelectMany(report => report.Problems).ShouldBeEmpty();
        reports.SelectMany(report => report.FoldersDeleted).ShouldBe(["run-1"]);
        killed.Members.Values.ShouldAllBe(process => !ProcessTable.IsRunning(process));
        alive.Members.Values.ShouldAllBe(process => ProcessTable.IsRunning(process));
        await alive.EndAsync();
        LabFolder.Names(folder.Path).ShouldBeEmpty();
        alive.Members.Values.ShouldAllBe(process => !ProcessTable.IsRunning(process));
    }

    [Fact]
    public async Task Two_labs_run_side_by_side_and_a_third_of_the_same_name_is_refused()
    {
        using TestFolder folder = TestFolder.Create();
        LabInfrastructure[] labs = await Task.WhenAll(TestLab.StartInAsync(folder.Path, "21000"), TestLab.StartInAsync(folder.Path, "21001"));

        int[] ports = [.. labs.SelectMany(lab => lab.Status()).Select(status => status.Port)];
        ports.Distinct().Count().ShouldBe(4);
        LabException error = await Should.ThrowAsync<LabException>(() => TestLab.StartInAsync(folder.Path, "21000"));
        error.Message.ShouldContain("Lab '21000' runs already");

        foreach (LabInfrastructure lab in labs) await lab.DisposeAsync();
    }

    [Fact]
    public async Task Lab_works_below_a_closed_folder_with_spaces_in_its_name()
    {
        using TestFolder folder = TestFolder.Create();
        string closed = Path.Combine(folder.Path, "it's \"closed\" $HOME");
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await using LabInfrastructure lab = await TestLab.StartInAsync(closed, name: null);

        string database = await lab.Queue.CreateDatabaseAsync("queue", Stop);
        (await TestLab.QueryAsync(database, "SELECT 1")).ShouldBe(1);
        await lab.Disruptor.KillAsync("postgres/queue", stop: Stop);
        await lab.Disruptor.HealAllAsync(Stop);
    }

    [Fact]
    public async Task Sweep_ends_a_recorded_process_and_never_one_that_only_has_its_pid()
    {
        using TestFolder folder = TestFolder.Create();
        ProcessLedger none = new(Path.Combine(folder.Path, "unused.jsonl"));
        ProcessStart sleep = new("/bin/sleep", ["600"], "test");
        await using ChildProcess recorded = await ChildProcess.StartAsync(sleep, none, _ => ValueTask.CompletedTask, TimeProvider.System);
        await using ChildProcess stranger = await ChildProcess.StartAsync(sleep, none, _ => ValueTask.CompletedTask, TimeProvider.System);
        await using (LabFolder before = await LabFolder.OpenAsync(folder.Path, "21000", TimeProvider.System, Stop))
        {
            before.Processes.Record(recorded.Program, "ours");
            before.Processes.Record(stranger.Program with { StartTicks = stranger.Program.StartTicks - 1 }, "ended long ago");
        }

        SweepReport report = await LabSweep.RunAsync(folder.Path, TimeProvider.System, Stop);

        report.ProcessesEnded.ShouldBe(1);
        (await recorded.Exited.WaitAsync(Limits.Hang, Stop)).Signal.ShouldBe("SIGKILL");
        ProcessTable.IsRunning(stranger.Program).ShouldBeTrue();
    }

    [Fact]
    public async Task Program_that_knows_nothing_of_the_lab_is_stopped_when_the_lab_lets_go_of_its_input()
    {
        using TestFolder folder = TestFolder.Create();
        ProcessLedger ledger = new(Path.Combine(folder.Path, "processes.jsonl"));
        ProcessStart sleep = new("/bin/sleep", ["600"], "test") { Kept = true };
        await using ChildProcess child = await ChildProcess.StartAsync(sleep, ledger, _ => ValueTask.CompletedTask, TimeProvider.System);
        ledger.StillRunning().ShouldHaveSingleItem().Process.ShouldBe(child.Program);

        child.CloseInput();

        (await child.Exited.WaitAsync(Limits.Hang, Stop)).Signal.ShouldBe("SIGINT");
    }

    [Fact]
    public async Task Killed_process_leaves_no_file_of_its_runtime()
    {
        using TestFolder folder = TestFolder.Create();
        ProcessLedger ledger = new(Path.Combine(folder.Path, "processes.jsonl"));
        ProcessStart service = new(TestFolder.HostProgram, ["service", "0", "plain"], "test");
        await using ChildProcess child = await ChildProcess.StartAsync(service, ledger, _ => ValueTask.CompletedTask, TimeProvider.System);
        IReadOnlyList<string> sockets = RuntimeSockets.PathsOf(child.Program);
        await Limits.UntilAsync(() => sockets.All(File.Exists), "the runtime has opened its sockets");

        child.Signal(Signal.Kill);
        await child.Exited.WaitAsync(Limits.Hang, Stop);

        sockets.ShouldAllBe(path => !File.Exists(path));
    }

    [Fact]
    public async Task Lab_itself_is_recorded_and_nobodys_to_end()
    {
        using TestFolder folder = TestFolder.Create();
        ProcessIdentity self = ProcessTable.Find(Environment.ProcessId)!.Value;
        await using (LabInfrastructure lab = await TestLab.StartInAsync(folder.Path, "21000"))
        {
            lab.Folder.Processes.Recorded().ShouldContain((self, ProcessLedger.LabRole));
            lab.Folder.Processes.StillRunning().ShouldNotContain(one => one.Process == self);
        }

        await LabSweep.RunAsync(folder.Path, TimeProvider.System, Stop);

        RuntimeSockets.PathsOf(self).ShouldAllBe(path => File.Exists(path), "a lab that runs in this process lost its sockets");
    }

    [Fact]
    public async Task Record_of_another_boot_is_nobodys()
    {
        using TestFolder folder = TestFolder.Create();
        ProcessIdentity self = ProcessTable.Find(Environment.ProcessId)!.Value;
        string path = Path.Combine(folder.Path, "processes.jsonl");
        ProcessLedger ledger = new(path);
        ledger.Record(self, "this test");
        ledger.StillRunning().ShouldHaveSingleItem();

        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Stop)).Replace(ProcessTable.BootId(), "another-boot") + "{\"Pid\":", Stop);

        ledger.StillRunning().ShouldBeEmpty();
    }
}
