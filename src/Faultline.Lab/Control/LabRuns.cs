using System.Globalization;
using Faultline.Lab.Experiments;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Verification.Reports;

namespace Faultline.Lab.Control;

/// <summary>Why a run is not accepted now.</summary>
public enum RunRefusalKind
{
    /// <summary>Another one is under way.</summary>
    UnderWay,

    /// <summary>It would undo what somebody has set.</summary>
    SetByHand,

    /// <summary>A service does not answer.</summary>
    ServiceAway,

    /// <summary>The lab is starting or stopping.</summary>
    NotReady,
}

/// <summary>Why a run is not accepted now.</summary>
/// <param name="Kind">The kind of reason.</param>
/// <param name="Text">The reason, and what to do.</param>
public sealed record RunRefusal(RunRefusalKind Kind, string Text);

/// <summary>The runs of a lab that lives on: one at a time, on the systems that others use too. Thread-safe.</summary>
public sealed class LabRuns
{
    /// <summary>How many runs that have ended are remembered; their reports stay on disk.</summary>
    public const int EndedKeptMax = 50;

    private readonly Lock _gate = new();
    private readonly ControlPlane _plane;
    private readonly List<LabRun> _runs = []; // Oldest first.
    private LabRun? _current;
    private long _lastId;
    private bool _isEnding;

    internal LabRuns(ControlPlane plane) => _plane = plane;

    /// <summary>The runs that are remembered, newest first.</summary>
    public IReadOnlyList<LabRun> All
    {
        get { lock (_gate) return [.. _runs.AsEnumerable().Reverse()]; }
    }

    /// <summary>The one that is under way; null when none is.</summary>
    public LabRun? Current
    {
        get { lock (_gate) return _current; }
    }

    /// <summary>The run of that id; null when none is remembered.</summary>
    /// <param name="id">Its id.</param>
    public LabRun? Find(string id)
    {
        lock (_gate) return _runs.Find(run => run.Id == id);
    }

    /// <summary>Begins a run, or says why not.</summary>
    /// <param name="plan">What is run.</param>
    /// <param name="stop">Gives up before it has begun.</param>
    public async Task<(LabRun? Run, RunRefusal? Refusal)> StartAsync(RunPlan plan, CancellationToken stop)
    {
        LabRun run;
        lock (_gate)
        {
            if (RefusalNeedsGate() is { } refusal) return (null, refusal);
            _current = run = MakeNeedsGate(plan);
        }

        try
        {
            if (await FindObstacleAsync(plan.System, stop) is { } obstacle)
            {
                Release(run);
                return (null, obstacle);
            }
        }
        catch
        {
            Release(run); // Nobody else could ever run anything.
            throw;
        }

        lock (_gate)
        {
            _runs.Add(run);
            if (_runs.Count > EndedKeptMax + 1) _runs.RemoveAt(0);
        }

        _ = RunAsync(run); // Its end is seen in its state, and waited for at the end of the lab.
        return (run, null);
    }

    /// <summary>Accepts nothing more, cancels what is under way, and waits until its rollbacks have run.</summary>
    /// <param name="hurry">Ends the wait.</param>
    internal async Task EndAsync(Task hurry)
    {
        LabRun? current;
        lock (_gate) (_isEnding, current) = (true, _current);
        if (current is null) return;

        current.Cancel();
        await Task.WhenAny(current.Over, hurry);
    }

    private RunRefusal? RefusalNeedsGate()
    {
        if (_isEnding || _plane.Phase == LabPhase.Stopping) return new RunRefusal(RunRefusalKind.NotReady, "the lab is being stopped; start it again with 'faultline up'");
        if (_plane.Phase == LabPhase.Starting) return new RunRefusal(RunRefusalKind.NotReady, "the lab is being started; try again when 'faultline status' says that it runs");
        return _current is { } other
            ? new RunRefusal(RunRefusalKind.UnderWay, $"run {other.Id} ({other.Plan.What}, seed {other.Plan.Seed}) is under way, and a lab has one at a time; wait for its end, or cancel it with DELETE /api/runs/{other.Id}")
            : null;
    }

    private LabRun MakeNeedsGate(RunPlan plan)
    {
        DateTimeOffset now = _plane.Time.GetUtcNow();
        _lastId = Math.Max(_lastId + 1, now.ToUnixTimeMilliseconds());
        string usual = plan.FolderBelow(_plane.Lab.Folder.Root, now);
        string folder = usual;
        for (int number = 2; Directory.Exists(folder); number++) folder = string.Create(CultureInfo.InvariantCulture, $"{usual}-{number}");
        return new LabRun(string.Create(CultureInfo.InvariantCulture, $"{_lastId:x}"), plan, folder, now);
    }

    private async Task<RunRefusal?> FindObstacleAsync(LabSystemSpec spec, CancellationToken stop)
    {
        if (_plane.IsChanging) return new RunRefusal(RunRefusalKind.NotReady, "a system is being started, stopped or reset; try again when 'faultline status' says that it runs");
        try
        {
            IReadOnlyList<SetByHand> found = SetByHand.Down(_plane);
            if (found.Count == 0 && _plane.FindRunning(spec.Name) is { } running) found = await SetByHand.OnAsync(running, _plane.Time, stop);
            return found.Count == 0 ? null : new RunRefusal(RunRefusalKind.SetByHand, SetByHand.Sentence(spec.Name, found));
        }
        catch (LabException away)
        {
            return new RunRefusal(RunRefusalKind.ServiceAway, away.Message.TrimEnd('.'));
        }
    }

    private async Task RunAsync(LabRun run)
    {
        try
        {
            await Task.Yield(); // Whoever asked has the answer first.
            await RunAndPutBackAsync(run);
        }
        catch (Exception error)
        {
            // The edge of the background work: whatever it was, the run tells it and the lab goes on.
            run.Fail(error.Message, _plane.Time.GetUtcNow());
        }
        finally
        {
            Release(run);
        }
    }

    private async Task RunAndPutBackAsync(LabRun run)
    {
        var teller = new RunTeller(run.Plan, run.Log.Add, _plane.Time);
        await using var system = new LivingSystem(_plane);
        run.Begin();
        RunReport? report;
        try
        {
            if (!_plane.Samples.IsOver) teller.Report(new RunProgress.Phase("waiting until the sample data is made"));
            await _plane.Samples.WhenOverAsync(run.Stop);
            report = await BatteryRunner.RunAsync(system, run.Plan.System, run.Plan.Request(run.Id, run.Folder), teller, _plane.Time, run.Stop);
            if (report.Facts.LabFailure is not null && run.Stop.IsCancellationRequested) report = null; // Given up in the middle of a question to a service.
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            report = null;
        }

        string? left = await system.PutBackAsync(teller);
        if (report is null) run.EndCancelled(left, _plane.Time.GetUtcNow());
        else run.End(report, left, _plane.Time.GetUtcNow());
    }

    private void Release(LabRun run)
    {
        lock (_gate) _current = null;
        run.Complete();
    }
}
