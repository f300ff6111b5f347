using Faultline.Lab.Problems;
using Faultline.Lab.Profiles;
using Faultline.Lab.Schedules;
using Faultline.Lab.Systems;
using Faultline.Protocol.Services;
using Faultline.Triggers;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Experiments;

/// <summary>Runs cells that share one running system at the same time through the phases: baseline, load under faults, heal, drain, quiesce, look.</summary>
internal sealed class GroupRunner(LabSystem system, string? run, HistoryWriter history, IProgress<RunProgress> progress, TimeProvider time)
{
    private const int LooksAtOnce = 16;

    private static readonly TimeSpan QuietPause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ActLimit = TimeSpan.FromMinutes(2); // Met only by a machine that is far too busy: the wait ends as soon as there is nothing to wait for.
    private static readonly TimeSpan HealLimit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan RollBackLimit = TimeSpan.FromSeconds(10);

    /// <summary>Runs the cells.</summary>
    /// <param name="cells">They have one setting.</param>
    /// <param name="stop">Gives up; rollbacks still run.</param>
    public async Task<IReadOnlyList<CellRun>> RunAsync(IReadOnlyList<Experiment> cells, CancellationToken stop)
    {
        try
        {
            return await RunPhasesAsync(cells, stop);
        }
        catch
        {
            await RollBackGuardsAsync(); // The system may be one that others go on using.
            throw;
        }
    }

    private async Task<IReadOnlyList<CellRun>> RunPhasesAsync(IReadOnlyList<Experiment> cells, CancellationToken stop)
    {
        string name = cells.Count == 1 ? cells[0].Name : $"{cells.Count} experiments at the same time";
        progress.Report(new RunProgress.Phase(name));
        var looks = new Looks(system, time);
        DateTimeOffset since = time.GetUtcNow();
        IReadOnlyList<MessagingState> before = await looks.StatesAsync(stop);
        CellLoad[] loads;
        IReadOnlyList<string> leftover;
        DateTimeOffset healedAt;
        try
        {
            await SwitchGuardsAsync(cells[0], stop);
            await ProbeAsync(cells, "before", looks, stop);
            loads = [.. cells.Select(cell => new CellLoad(cell, run, system, history, time))];
            await LoadAsync(loads, looks, stop);
        }
        finally
        {
            // Rollbacks run whatever happened, also after Ctrl+C.
            leftover = await HealAsync();
            healedAt = time.GetUtcNow();
        }

        DrainResult drain = await DrainAsync(cells.Max(cell => cell.DrainLimit), stop);
        IReadOnlyList<MessagingState> quiet = await looks.StatesAsync(stop);
        await Task.Delay(QuietPause, time, stop);
        IReadOnlyList<MessagingState> still = await looks.StatesAsync(stop);
        await ProbeAsync(cells, "after", looks, stop);
        Account account = await looks.AccountAsync(since, before, run, stop);
        IReadOnlyList<Interruption> interruptions = account.InterruptionsOf(loads);
        var runs = new CellRun[loads.Length];
        // A look may wait until what it sees agrees; where it never does, many would wait one after the other.
        await Parallel.ForAsync(0, loads.Length, new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = stop }, async (at, token) =>
        {
            CellLoad load = loads[at];
            CellRun cell = account.RunOf(load, interruptions, looks.Probes, drain, quiet, still, healedAt, leftover);
            IReadOnlyList<SystemFact> seen = await system.Spec.Checks.LookAsync(new LookCall(load.History, account.Facts, system.Http, system.AddressOf, time) { Cell = load.Cell, Run = run, DatabaseOf = system.DatabaseConnectionOf }, token);
            runs[at] = cell with { Context = cell.Context with { Facts = [.. cell.Context.Facts, .. seen] } };
        });

        await RestoreGuardsAsync(stop);
        return runs;
    }

    private async Task LoadAsync(CellLoad[] loads, Looks looks, CancellationToken stop)
    {
        long total = loads.Sum(load => load.Cell.Workload.Operations ?? 0);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task telling = TellAsync(loads, total, done.Token);
        Task probing = ProbeDuringAsync([.. loads.Select(load => load.Cell)], looks, done.Token);
        try
        {
            await Task.WhenAll(loads.Select(load => load.BeginAsync(loads.Length > 1, stop)));
            await InForceEverywhereAsync(stop);
            await OperateAsync(loads, stop);
            await ActedAsync(loads, stop);
        }
        finally
        {
            await Task.WhenAll(loads.Select(load => load.EndAsync()));
            await done.CancelAsync();
            await telling;
            await probing;
        }
    }

    /// <summary>Runs the workloads to their ends, under the profile that all of them have or none.</summary>
    private async Task OperateAsync(CellLoad[] loads, CancellationToken stop)
    {
        Experiment first = loads[0].Cell;
        if (system.Spec.Checks.Profiles.FirstOrDefault(profile => profile.Name == first.Profile) is not { IsCalm: false } known)
        {
            await Task.WhenAll(loads.Select(load => load.OperateAsync(stop)));
            return;
        }

        var profile = new ProfileLoad(known, new FaultSite(first.Name, run, system, Shared: false, new Seed(first.Seed ?? 0).Derive($"profile/{known.Name}"), time));
        try
        {
            profile.Begin();
            await Task.WhenAll(loads.Select(load => load.OperateAsync(stop)));
        }
        catch (LabException error)
        {
            foreach (CellLoad load in loads) load.Obstruct(error.Message);
        }
        finally
        {
            IReadOnlyList<FaultVerdict> did = await profile.EndAsync();
            foreach (CellLoad load in loads) load.Profile = did;
        }
    }

    /// <summary>
    /// The clients are done, and messages are still on their way: the faults stay until each has acted, or until nothing is left that they could act on, or a limit is over.
    /// </summary>
    private async Task ActedAsync(CellLoad[] loads, CancellationToken stop)
    {
        long began = time.GetTimestamp();
        var looks = new Looks(system, time);
        while (time.GetElapsedTime(began) < ActLimit)
        {
            // A fault whose moment has come, or that is being placed, is not overtaken by the end of the load.
            await Task.WhenAll(loads.Select(load => load.StepFaultsAsync(stop)));
            await Watch.ObserveAsync(loads, system, stop);
            if (Array.TrueForAll(loads, load => load.Schedule!.HasActed || load.Obstacle is not null)) return;
            // A disruption or a hang that has a length is waited for; everything else is pointless once the system is empty.
            if (Array.TrueForAll(loads, load => !load.Schedule!.IsRunning) && IsEmpty(await looks.StatesAsync(stop), ActLimit)) return;
            await Task.Delay(LookPause, time, stop);
        }
    }

    private async Task TellAsync(CellLoad[] loads, long total, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            progress.Report(new RunProgress.Operations(loads.Sum(load => load.Ended), total));
            await Watch.ObserveAsync(loads, system, stop);
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ProbeAsync(IReadOnlyList<Experiment> cells, string when, Looks looks, CancellationToken stop)
    {
        foreach (Experiment cell in cells) foreach (Probe probe in cell.Hypothesis.Where(probe => probe.When.Contains(when))) await looks.ProbeAsync(cell, probe, when, stop);
    }

    private async Task ProbeDuringAsync(IReadOnlyList<Experiment> cells, Looks looks, CancellationToken stop)
    {
        if (cells.All(cell => cell.Hypothesis.All(probe => !probe.When.Contains("during")))) return;
        try
        {
            while (true)
            {
                await ProbeAsync(cells, "during", looks, stop);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task SwitchGuardsAsync(Experiment setting, CancellationToken stop)
    {
        foreach ((string service, string guard) in BatteryRunner.GuardsOff(setting, system.Spec.Services.Where(service => system.Clients.ContainsKey(service.Service)))) await system.Clients[service].SwitchAsync(guard, on: false, stop);
        await InForceEverywhereAsync(stop);
    }

    /// <summary>No operation is judged under a setting that some instance does not know yet.</summary>
    private async Task InForceEverywhereAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(HealLimit);
        try
        {
            // A service whose database has just come back may fail once before it answers.
            await Task.WhenAll(system.Clients.Values.Select(client => PatientlyAsync(() => client.InForceEverywhereAsync(limit.Token), limit.Token)));
        }
        catch (OperationCanceledException error) when (!stop.IsCancellationRequested)
        {
            throw new LabException($"Not every instance took over the guards and anomalies within {HealLimit.TotalSeconds:0} s.", error);
        }
    }

    private async Task RestoreGuardsAsync(CancellationToken stop)
    {
        foreach (ServiceClient client in system.Clients.Values) await GuardsOnAsync(client, stop);

        // A message that was requeued for ever while the guard was off comes to rest now, and disturbs no other cell.
        await DrainAsync(TimeSpan.FromSeconds(30), stop);
    }

    private static async Task GuardsOnAsync(ServiceClient client, CancellationToken stop)
    {
        foreach (Protocol.Guards.GuardState guard in (await client.GuardsAsync(stop)).Where(guard => !guard.On)) await client.SwitchAsync(guard.Name, on: true, stop);
    }

    /// <summary>Switches the guards back after a failure or Ctrl+C. What cannot be reached stays as it is: whoever lent the system looks what is left.</summary>
    private async Task RollBackGuardsAsync()
    {
        using var limit = new CancellationTokenSource(RollBackLimit, time);
        try
        {
            await Task.WhenAll(system.Clients.Values.Select(client => PatientlyAsync(() => GuardsOnAsync(client, limit.Token), limit.Token)));
        }
        catch (Exception error) when (error is LabException or OperationCanceledException or HttpRequestException or ServiceRefusedException)
        {
            return;
        }
    }

    /// <summary>Removes everything that was injected and brings back what was taken down; says what is still there.</summary>
    private async Task<IReadOnlyList<string>> HealAsync()
    {
        using var limit = new CancellationTokenSource(HealLimit, time);
        try
        {
            var left = new List<string>();
            if (system.Links is { } links)
            {
                await links.ClearAsync();
                left.AddRange(links.Report().Where(link => link.Toxics.Count + link.HttpFaults.Count > 0).Select(link => $"a fault on the link {link.Name}"));
            }

            await system.Lab.Disruptor.HealAllAsync(limit.Token);
            foreach (ServiceClient client in system.Clients.Values)
            {
                await PatientlyAsync(() => client.ClearAsync(limit.Token), limit.Token);
                await PatientlyAsync(async () => left.AddRange((await client.AnomaliesAsync(limit.Token)).Select(anomaly => $"{anomaly.Kind} at {anomaly.Point} of {anomaly.Service}")), limit.Token);
            }

            await Task.WhenAll(system.Spec.Services.SelectMany(service => system.InstancesOf(service.Service)).Select(instance => instance.WaitHealthyAsync(HealLimit, limit.Token)));
            return left;
        }
        catch (Exception error) when (error is LabException or OperationCanceledException or HttpRequestException)
        {
            return [$"the heal did not end within {HealLimit.TotalSeconds:0} s: {error.Message}"];
        }
    }

    /// <summary>A service that is just coming back does not answer yet.</summary>
    private async Task PatientlyAsync(Func<Task> ask, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (Exception error) when (error is LabException or HttpRequestException or System.Text.Json.JsonException or ServiceRefusedException { Status: >= 500 })
            {
                await Task.Delay(LookPause, time, stop);
            }
        }
    }

    /// <summary>Waits until everything that can empty is empty, and has been so in two looks with nothing in between.</summary>
    private async Task<DrainResult> DrainAsync(TimeSpan limit, CancellationToken stop)
    {
        long began = time.GetTimestamp();
        var looks = new Looks(system, time);
        IReadOnlyList<MessagingState> last = [];
        while (true)
        {
            IReadOnlyList<MessagingState> now = await looks.StatesAsync(stop);
            if (IsEmpty(now, limit) && IsEmpty(last, limit) && last.Select(state => state.AuditPosition).SequenceEqual(now.Select(state => state.AuditPosition)))
            {
                return new DrainResult(true, time.GetElapsedTime(began), limit, now);
            }

            last = now;
            if (time.GetElapsedTime(began) > limit) return new DrainResult(false, time.GetElapsedTime(began), limit, now);
            await Task.Delay(LookPause, time, stop);
        }
    }

    /// <summary>Programs of the user's own cannot be asked what they have under way; their rules wait for them.</summary>
    private bool IsEmpty(IReadOnlyList<MessagingState> states, TimeSpan limit) =>
        system.Spec.IsOwn || (states.Count > 0 && states.All(state => state.Outbox == 0 && state.Queue == 0 && state.Parked == 0 && state.InHand == 0 && !WillFire(state, limit)));

    /// <summary>A schedule can empty when its next message is due before the drain gives up: a deadline in three days is not waited for.</summary>
    private bool WillFire(MessagingState state, TimeSpan limit) => state.Scheduled > 0 && (state.NextDueAt is not { } due || due <= time.GetUtcNow() + limit);
}
