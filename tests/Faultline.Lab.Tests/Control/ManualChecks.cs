using Faultline.Protocol.Histories;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;

namespace Faultline.Lab.Tests.Control;

/// <summary>What the systems of a test bring: a battery that ends at once, and one that ends only when it is given up.</summary>
internal sealed class ManualChecks
{
    public ManualSamples Samples { get; } = new();

    public ISystemChecks Of(string system) => new Checks(system, Samples);

    private sealed class Checks(string system, ManualSamples samples) : ISystemChecks
    {
        public ISampleData Samples => samples;

        public string System => system;

        public IReadOnlyList<IWorkload> Workloads { get; } = [new Ping(), new Wait()];

        public IReadOnlyList<IChecker> Checkers => [];

        public IReadOnlyList<(string Service, string Name)> Facts => [];

        public IReadOnlyList<BatteryDescription> Batteries => [Battery("quick", "ping"), Battery("endless", "wait")];

        public IReadOnlyDictionary<string, string> LabSettings => new Dictionary<string, string>();

        public IReadOnlyList<StateEvent> EventsOf(IReadOnlyList<SystemFact> facts) => [];

        private BatteryDescription Battery(string name, string workload) => new(
            $"{system}/{name}", $"Does {workload}", _ => new Battery($"{system}/{name}", $"Does {workload}", [Cell("first", workload), Cell("second", workload)]));

        private Experiment Cell(string name, string workload) => new() { Name = name, Title = name, System = system, Workload = new WorkloadSpec { Name = workload, Operations = 2 } };
    }

    /// <summary>Sample data that is made when the test says so.</summary>
    internal sealed class ManualSamples : ISampleData
    {
        private readonly SemaphoreSlim _made = new(0);

        public string Says => "samples";

        public void Finish() => _made.Release();

        public async Task<SampleOutcome> LoadAsync(SampleCall call, CancellationToken stop)
        {
            await _made.WaitAsync(stop);
            return new SampleOutcome(3);
        }

        public Task<SampleOutcome> RemoveAsync(SampleCall call, CancellationToken stop) => Task.FromResult(new SampleOutcome(0));
    }

    private sealed class Ping : IWorkload
    {
        public WorkloadDescription Description { get; } = new("ping", "Is done at once");

        public Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop) => Task.FromResult(new OperationEnd(Outcome.Ok, 1));
    }

    private sealed class Wait : IWorkload
    {
        public WorkloadDescription Description { get; } = new("wait", "Is never done");

        public async Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, call.Time, stop);
            return new OperationEnd(Outcome.Unknown, 1);
        }
    }
}
