using Faultline.Lab.Instances;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Tests.Support;
using Faultline.TestSupport;

namespace Faultline.Lab.Tests.Supervisor;

public sealed class SupervisedProcessTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failure_of_the_supervisor_itself_is_told_and_nobody_waits_for_ever()
    {
        await using Scene scene = await Scene.OpenAsync(_ => throw new InvalidOperationException("the probe is broken"));

        scene.Process.Start();
        await scene.Process.WaitForAsync(ProcessState.Crashed, Stop);

        scene.Process.Status().Problem.ShouldNotBeNull().ShouldStartWith("its supervisor failed: InvalidOperationException: the probe is broken");
        await scene.Process.StopAsync(stayDown: true, Stop).EndsAsync();
        scene.Process.State.ShouldBe(ProcessState.Stopped);
    }

    [Fact]
    public async Task Question_for_health_that_comes_to_no_end_does_not_keep_the_supervisor_from_seeing_the_end()
    {
        var never = new TaskCompletionSource<string?>();
        await using Scene scene = await Scene.OpenAsync(_ => never.Task);

        scene.Process.Start();
        await scene.Process.WaitForAsync(ProcessState.Starting, Stop);
        await scene.Process.KillAsync(stayDown: true, Stop).EndsAsync();

        scene.Process.State.ShouldBe(ProcessState.Stopped);
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly TestFolder _files;
        private readonly LabFolder _folder;

        private Scene(TestFolder files, LabFolder folder, Func<CancellationToken, Task<string?>> probe)
        {
            _files = files;
            _folder = folder;
            Process = new SupervisedProcess(new Sleeper(folder, probe), new ProcessChanges(), TimeProvider.System);
        }

        public SupervisedProcess Process { get; }

        public static async Task<Scene> OpenAsync(Func<CancellationToken, Task<string?>> probe, [System.Runtime.CompilerServices.CallerMemberName] string test = "")
        {
            TestFolder files = TestFolder.Create(test: test);
            return new Scene(files, await LabFolder.OpenRunAsync(files.Path), probe);
        }

        public async ValueTask DisposeAsync()
        {
            await Process.DisposeAsync();
            await Process.Log.DisposeAsync();
            _folder.Processes.StillRunning().ShouldBeEmpty();
            await _folder.DisposeAsync();
            _files.Dispose();
        }
    }

    private sealed class Sleeper(LabFolder folder, Func<CancellationToken, Task<string?>> probe) : IProcessKind
    {
        public string Target => "test/sleeper";

        public int Port => 0;

        public InstanceLog Log { get; } = new(Path.Combine(folder.Path, "logs", "sleeper.log"), TimeProvider.System);

        public (TimeSpan WhileStarting, TimeSpan Later) ProbeIntervals => (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));

        public IReadOnlyList<(Signal Signal, TimeSpan Limit)> StopLadder => [(Signal.Kill, Timeout.InfiniteTimeSpan)];

        public Task<ChildProcess> StartAsync(CancellationToken stop) =>
            ChildProcess.StartAsync(new ProcessStart("/bin/sleep", ["1000"], Target) { Kept = true }, folder.Processes, Log.AppendAsync, TimeProvider.System);

        public Task<string?> ProbeAsync(CancellationToken stop) => probe(stop);

        public IReadOnlyList<int> Members(ChildProcess running) => [running.Program.Pid];
    }
}
