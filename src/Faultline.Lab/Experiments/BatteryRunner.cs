using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Services;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;
using Faultline.Verification.Reports;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Experiments;

/// <summary>
/// Runs a battery: (1) groups cells that may share a running system, (2) gets the system as a group wants it, (3) runs each group through its phases, (4) judges every cell,
/// and runs those once more that others kept from their faults, (5) writes the report. What a run injected is removed at its end, however it ends.
/// </summary>
public static class BatteryRunner
{
    /// <summary>More at once would have the services die and restart all the time, and no cell would come to its point.</summary>
    private const int CellsAtOnceMax = 45;

    /// <summary>Runs a battery on a system.</summary>
    /// <param name="systems">Where the running system comes from; it stays the caller's.</param>
    /// <param name="spec">The system.</param>
    /// <param name="request">What is to be run.</param>
    /// <param name="progress">Gets what happens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Gives the run up: rollbacks still run.</param>
    /// <returns>The report; its files are written.</returns>
    public static async Task<RunReport> RunAsync(ISystemSource systems, LabSystemSpec spec, RunRequest request, IProgress<RunProgress> progress, TimeProvider time, CancellationToken stop)
    {
        DateTimeOffset startedAt = time.GetUtcNow();
        Directory.CreateDirectory(request.ReportFolder);
        using HistoryWriter history = HistoryWriter.Create(Path.Combine(request.ReportFolder, ReportFiles.HistoryName));
        string usualBroker = systems.UsualBroker(spec);
        Experiment[] cells = [.. request.Battery.Cells.Select(cell => Settle(cell, spec, request, usualBroker))];
        var registry = new CheckerRegistry(spec.Checks.Checkers);
        var runs = new List<(CellRun Run, CellVerdict Verdict)>();
        string? failure = null;
        try
        {
            foreach (CellGroup group in BatteryPlan.Groups(request.Battery with { Cells = cells }))
            {
                foreach (IReadOnlyList<Experiment> round in Rounds(group, spec.IsOwn))
                {
                    foreach ((CellRun run, CellVerdict verdict) in await RunRoundAsync(round))
                    {
                        runs.Add((run, verdict));
                        progress.Report(new RunProgress.Judged(verdict, runs.Count, cells.Length));
                    }
                }
            }
        }
        catch (Exception error) when (error is LabException or ServiceRefusedException or HttpRequestException)
        {
            failure = error.Message;
        }

        RunReport report = RunReport.Of(FactsOf(request, cells.Select(cell => cell.Broker).OfType<string>().DefaultIfEmpty("none").Distinct(), startedAt, time.GetUtcNow() - startedAt, failure), runs);
        history.Dispose();
        ReportFiles.Write(request.ReportFolder, report);
        return report;

        async Task<IEnumerable<(CellRun Run, CellVerdict Verdict)>> RunRoundAsync(IReadOnlyList<Experiment> round)
        {
            (CellRun Run, CellVerdict Verdict)[] first = await RunOnceAsync(round, request.Run);
            CellVerdict[] together = [.. first.Select(cell => cell.Verdict)];
            string?[] reasons = [.. together.Select(cell => Collisions.ReasonToRepeat(cell, together))];
            Experiment[] again = [.. round.Where((_, at) => reasons[at] is not null)];
            if (again.Length == 0) return first;

            var second = new Queue<(CellRun Run, CellVerdict Verdict)>(await RunOnceAsync(again, request.Run + "again"));
            return [.. first.Select((cell, at) => reasons[at] is { } why ? Repeated(second.Dequeue(), why) : cell)];
        }

        async Task<(CellRun Run, CellVerdict Verdict)[]> RunOnceAsync(IReadOnlyList<Experiment> round, string? run)
        {
            LabSystem system = await systems.FittingAsync(spec, OptionsOf(round[0], request, spec), progress, stop);
            var runner = new GroupRunner(system, run, history, progress, time);
            return [.. (await runner.RunAsync(round, stop)).Select(cell => (cell, Judgement.Of(cell, registry)))];
        }
    }

    private static (CellRun Run, CellVerdict Verdict) Repeated((CellRun Run, CellVerdict Verdict) cell, string why) =>
        (cell.Run, cell.Verdict with { Notes = [.. cell.Verdict.Notes, new VerdictNote(Verdict.Passed, why)] });

    /// <summary>Cells that run at the same time. Each round takes cells from all over the battery, so that no service is hit by all of them.</summary>
    private static IEnumerable<IReadOnlyList<Experiment>> Rounds(CellGroup group, bool oneByOne)
    {
        if (oneByOne || !group.Together) return group.Cells.Select(cell => (IReadOnlyList<Experiment>)[cell]);
        // What a fault destroys can only be shown to be destroyed where no other cell's crash has the message delivered again.
        return group.Cells.GroupBy(cell => IsDestructive(cell) && !Crashes(cell)).SelectMany(cells => Deal([.. cells]));
    }

    private static bool IsDestructive(Experiment cell) => cell.Schedule.OfType<AnomalyFault>().Any(fault => fault.Cell.Effect is FaultEffect.Loses or FaultEffect.DeadLetters);

    private static bool Crashes(Experiment cell) => cell.Schedule.OfType<AnomalyFault>().Any(fault => fault.Kind == FaultKinds.Crash);

    private static IEnumerable<IReadOnlyList<Experiment>> Deal(Experiment[] cells)
    {
        int rounds = (cells.Length + CellsAtOnceMax - 1) / CellsAtOnceMax;
        return Enumerable.Range(0, rounds).Select(round => (IReadOnlyList<Experiment>)[.. cells.Where((_, place) => place % rounds == round)]);
    }

    private static Experiment Settle(Experiment cell, LabSystemSpec spec, RunRequest request, string usualBroker)
    {
        Experiment settled = cell with
        {
            Guards = [.. cell.Guards, .. request.Guards],
            Replicas = request.Replicas ?? cell.Replicas,
            ReplicasOf = request.Replicas is null ? cell.ReplicasOf : new Dictionary<string, int>(),
            Broker = spec.IsOwn ? null : request.Broker ?? cell.Broker ?? usualBroker,
            Profile = request.Profile ?? cell.Profile,
        };
        return Resolution.Resolve(settled, spec.Description, request.Seed);
    }

    private static LabSystemOptions OptionsOf(Experiment setting, RunRequest request, LabSystemSpec spec) => new()
    {
        Replicas = setting.Replicas,
        ReplicasOf = setting.ReplicasOf,
        Broker = setting.Broker ?? BrokerNames.PostgreSql,
        StandIn = request.StandIn,
        GuardsOff = [.. GuardsOff(setting, spec.Services.Where(service => service.IsOwn))],
    };

    private static RunFacts FactsOf(RunRequest request, IEnumerable<string> brokers, DateTimeOffset startedAt, TimeSpan took, string? failure) => new()
    {
        Title = request.Battery.Title,
        // The name of a battery file has no slash: the replay of a built-in battery is such a file.
        Name = request.Battery.Name.Replace('/', '-'),
        StartedAt = startedAt,
        Took = took,
        Seed = request.Seed.Value,
        ReplayCommand = request.Command,
        LabFailure = failure,
        Environment =
        [
            new("broker", string.Join(", ", brokers)),
            new("guards off", request.Guards.Count == 0 ? "as each experiment says" : string.Join(", ", request.Guards.Select(guard => guard.ToString()))),
            .. request.Profile is { } profile ? [new KeyValuePair<string, string>("profile", profile)] : Array.Empty<KeyValuePair<string, string>>(),
            .. request.StandIn is { } standIn ? [new KeyValuePair<string, string>(standIn.Service, standIn.Source)] : Array.Empty<KeyValuePair<string, string>>(),
            new("replicas", request.Replicas?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "as each experiment says"),
            new("cores", Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new("runtime", System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription),
        ],
    };

    /// <summary>The guards of a setting that are off, service by service.</summary>
    /// <param name="setting">Any cell of a group.</param>
    /// <param name="services">The services of the system.</param>
    internal static IEnumerable<(string Service, string Guard)> GuardsOff(Experiment setting, IEnumerable<ServiceDescription> services) =>
        from service in services
        from guard in service.Guards
        let last = setting.Guards.LastOrDefault(spec => spec.Guard == guard.Name && (spec.Service is null || spec.Service == service.Service))
        where last is { On: false }
        select (service.Service, guard.Name);
}
