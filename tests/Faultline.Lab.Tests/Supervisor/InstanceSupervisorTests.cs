using System.Net;
using System.Net.Sockets;
using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Tests.Support;

namespace Faultline.Lab.Tests.Supervisor;

public sealed class InstanceSupervisorTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Instance_becomes_healthy_and_shows_its_port_pid_memory_and_lines()
    {
        await using Bench bench = await Bench.OpenAsync();
        SupervisedProcess instance = bench.Supervisor.Start(TestLab.Service("echo"));

        await instance.WaitHealthyAsync(Limits.Hang, Stop);

        ProcessStatus status = instance.Status();
        status.Target.ShouldBe("demo/echo-1");
        status.Port.ShouldBeInRange(22_000, 31_999);
        status.Usage!.Value.PrivateBytes.ShouldBeGreaterThan(1_000_000);
        status.Usage.Value.CpuTime.ShouldBeGreaterThan(TimeSpan.Zero);
        instance.Log.Tail().ShouldContain(line => line.Text == $"listening on {status.Port} as process {status.Pid}");
    }

    [Fact]
    public async Task Instance_that_dies_is_started_again_and_the_signal_is_told_apart_from_an_exit()
    {
        await using Bench bench = await Bench.OpenAsync();
        SupervisedProcess instance = bench.Supervisor.Start(TestLab.Service("echo"));
        await instance.WaitHealthyAsync(Limits.Hang, Stop);

        Signals.Send(instance.Status().Pid!.Value, Signal.Kill);

        await Limits.UntilAsync(() => instance.Status() is { Restarts: 1, State: ProcessState.Healthy }, "the instance is healthy again");
        instance.Status().LastExit!.ToString().ShouldBe("SIGKILL (137)");
    }

    [Fact]
    public async Task Instance_that_cannot_start_is_tried_again_ever_later_and_the_waiter_is_told_why()
    {
        await using Bench bench = await Bench.OpenAsync();
        SupervisedProcess instance = bench.Supervisor.Start(TestLab.Service("broken", "dies-at-once"));

        LabException error = await Should.ThrowAsync<LabException>(() => instance.WaitHealthyAsync(Limits.Hang, Stop));

        error.Message.ShouldContain("demo/broken-1 does not start: ended with exit code 7");
        instance.Status().Restarts.ShouldBeGreaterThanOrEqualTo(3);
        instance.Status().LastExit!.Signal.ShouldBeNull();
    }

    [Fact]
    public async Task Instance_that_was_healthy_before_is_waited_for_however_often_faults_have_ended_it()
    {
        await using Bench bench = await Bench.OpenAsync();
        using TestFolder folder = TestFolder.Create("-fault");
        string fault = Path.Combine(folder.Path, "fault");
        SupervisedProcess instance = bench.Supervisor.Start(TestLab.Service("echo", $"dies-while={fault}"));
        await instance.WaitHealthyAsync(Limits.Hang, Stop);
        await File.WriteAllTextAsync(fault, "", Stop);
        Signals.Send(instance.Status().Pid!.Value, Signal.Kill);
        await Limits.UntilAsync(() => instance.Status() is { Restarts: >= 4, State: ProcessState.Crashed }, "it has died again and again");

        Task healthy = instance.WaitHealthyAsync(Limits.Hang, Stop);
        File.Delete(fault);

        await healthy;
        instance.State.ShouldBe(ProcessState.Healthy);
    }

    [Fact]
    public async Task Instance_that_answers_with_an_error_is_not_healthy()
    {
        await using Bench bench = await Bench.OpenAsync();
        SupervisedProcess instance = bench.Supervisor.Start(TestLab.Service("sick", "sick"));

        LabException error = await Should.ThrowAsync<LabException>(() => instance.WaitHealthyAsync(TimeSpan.FromSeconds(1), Stop));

        error.Message.ShouldContain("503");
    }

    [Fact]
    public async Task Stop_ends_an_instance_in_grace_or_else_by_force_and_it_stays_down()
    {
        await using Bench bench = await Bench.OpenAsync();
        SupervisedProcess polite = bench.Supervisor.Start(TestLab.Service("polite"));
        SupervisedProcess stubborn = bench.Supervisor.Start(TestLab.Service("stubborn", "stubborn") with { GracePeriod = TimeSpan.FromMilliseconds(300) });
        await bench.Supervisor.WaitHealthyAsync(Limits.Hang, Stop);

        await Task.WhenAll(polite.StopAsync(stayDown: true, Stop), stubborn.StopAsync(stayDown: true, Stop));

        polite.Status().LastExit!.Signal.ShouldBe("SIGTERM");
        stubborn.Status().LastExit!.Signal.ShouldBe("SIGKILL");
        polite.State.ShouldBe(ProcessState.Stopped);
        stubborn.State.ShouldBe(ProcessState.Stopped);

        await polite.RestartAsync(Stop);
        await polite.WaitHealthyAsync(Limits.Hang, Stop);
        polite.Status().Restarts.ShouldBe(0); // Nobody counts what was asked for.
    }

    [Fact]
    public async Task Log_file_stays_within_its_bound_while_the_newest_lines_are_kept()
    {
        await using Bench bench = await Bench.OpenAsync();
        SupervisedProcess instance = bench.Supervisor.Start(TestLab.Service("chatty", "chatty"));

        await instance.WaitHealthyAsync(Limits.Hang, Stop);
        await Limits.UntilAsync(() => instance.Log.Tail().Any(line => line.Text == "chat ended"), "the last line has come");

        instance.Log.Tail().Count.ShouldBe(500);
        await bench.DisposeSupervisorAsync();
        new FileInfo(instance.Log.FilePath).Length.ShouldBeLessThanOrEqualTo(5_000_000);
        new FileInfo(instance.Log.FilePath + ".1").Length.ShouldBeInRange(4_000_000, 5_000_000);
        Directory.GetFiles(Path.GetDirectoryName(instance.Log.FilePath)!, "demo-chatty*").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Follower_sees_each_line_as_it_comes()
    {
        await using Bench bench = await Bench.OpenAsync();
        SupervisedProcess instance = bench.Supervisor.Start(TestLab.Service("echo"));
        await instance.WaitHealthyAsync(Limits.Hang, Stop);
        await using IAsyncEnumerator<LogLine> lines = instance.Log.FollowAsync(lines: 1, Stop).GetAsyncEnumerator(Stop);

        (await lines.MoveNextAsync().AsTask().WaitAsync(Limits.Hang, Stop)).ShouldBeTrue();
        lines.Current.Text.ShouldStartWith("listening");

        await instance.RestartAsync(Stop);
        (await lines.MoveNextAsync().AsTask().WaitAsync(Limits.Hang, Stop)).ShouldBeTrue();
        lines.Current.Text.ShouldStartWith("listening");
        lines.Current.Number.ShouldBe(2);
    }

    [Fact]
    public async Task Each_change_of_state_is_told_in_order()
    {
        await using Bench bench = await Bench.OpenAsync();
        var changes = bench.Supervisor.Changes.Subscribe();
        SupervisedProcess instance = bench.Supervisor.Start(TestLab.Service("echo"));
        await instance.WaitHealthyAsync(Limits.Hang, Stop);
        instance.Pause();
        instance.Resume();
        await instance.WaitForAsync(ProcessState.Healthy, Stop);
        await instance.StopAsync(stayDown: true, Stop);

        List<ProcessState> told = [];
        while (changes.Reader.TryRead(out ProcessChange? change)) told.Add(change.State);
        told.ShouldBe(
        [
            ProcessState.Starting, ProcessState.Healthy, ProcessState.Paused, ProcessState.Unhealthy, ProcessState.Healthy, ProcessState.Stopping, ProcessState.Stopped,
        ]);
    }

    [Fact]
    public async Task Instance_takes_another_port_when_its_own_was_taken_while_it_was_down()
    {
        await using Bench bench = await Bench.OpenAsync();
        SupervisedProcess instance = bench.Supervisor.Start(TestLab.Service("echo"));
        await instance.WaitHealthyAsync(Limits.Hang, Stop);
        int port = instance.Port;
        await instance.StopAsync(stayDown: true, Stop);
        using TcpListener thief = new(IPAddress.Loopback, port);
        thief.Start();

        instance.Start();
        await instance.WaitHealthyAsync(Limits.Hang, Stop);

        instance.Port.ShouldNotBe(port);
    }

    [Fact]
    public async Task Wrong_spec_is_refused_with_all_its_problems()
    {
        await using Bench bench = await Bench.OpenAsync();
        InstanceSpec spec = TestLab.Service("echo") with { Executable = "/no/such", HealthPath = "health", Ordinal = 0 };

        LabException error = Should.Throw<LabException>(() => bench.Supervisor.Start(spec));

        error.Message.ShouldContain("ordinal is 0");
        error.Message.ShouldContain("'health'");
        error.Message.ShouldContain("'/no/such'");
    }

    /// <summary>A supervisor without clusters.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly TestFolder _files;
        private readonly LabFolder _folder;

        private Bench(TestFolder files, LabFolder folder)
        {
            _files = files;
            _folder = folder;
            Supervisor = new InstanceSupervisor(_folder, new FreePorts(_folder.Path), new ProcessChanges(), TimeProvider.System);
        }

        public InstanceSupervisor Supervisor { get; }

        public static async Task<Bench> OpenAsync([System.Runtime.CompilerServices.CallerMemberName] string test = "")
        {
            TestFolder files = TestFolder.Create(test: test);
            return new Bench(files, await LabFolder.OpenRunAsync(files.Path));
        }

        public ValueTask DisposeSupervisorAsync() => Supervisor.DisposeAsync();

        public async ValueTask DisposeAsync()
        {
            await Supervisor.DisposeAsync();
            _folder.Processes.StillRunning().ShouldBeEmpty();
            await _folder.DisposeAsync();
            _files.Dispose();
        }
    }
}
