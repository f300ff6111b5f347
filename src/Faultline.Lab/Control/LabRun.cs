using Faultline.Lab.Experiments;
using Faultline.Verification.Checkers;
using Faultline.Verification.Reports;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Control;

/// <summary>A run in a lab that lives on: its plan, what it tells, and how it ended. Thread-safe.</summary>
public sealed class LabRun
{
    private static readonly string[] FileNames = [ReportFiles.HtmlName, ReportFiles.JsonName, ReportFiles.JUnitName, ReportFiles.HistoryName, ReportFiles.ExperimentName, ReportFiles.ReplayName];

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset _startedAt;
    private RunState _state = RunState.Queued;
    private DateTimeOffset? _endedAt;
    private Figures? _figures;
    private (string Plain, string Coloured)? _summary;
    private string? _failure;

    internal LabRun(string id, RunPlan plan, string folder, DateTimeOffset startedAt) => (Id, Plan, Folder, _startedAt) = (id, plan, folder, startedAt);

    /// <summary>Names it in its lab.</summary>
    public string Id { get; }

    /// <summary>What is run.</summary>
    public RunPlan Plan { get; }

    /// <summary>The folder of its report.</summary>
    public string Folder { get; }

    internal RunLog Log { get; } = new();

    /// <summary>Given up.</summary>
    internal CancellationToken Stop => _stop.Token;

    /// <summary>Everything is put back, or nothing was begun.</summary>
    internal Task Over => _over.Task;

    /// <summary>The report files that are there.</summary>
    public IReadOnlyList<string> Files => [.. FileNames.Where(name => File.Exists(Path.Combine(Folder, name)))];

    /// <summary>One look at it.</summary>
    public RunView View()
    {
        lock (_gate)
        {
            RunLine? last = Log.Last;
            return new RunView
            {
                Id = Id,
                What = Plan.What,
                Title = Plan.Battery.Title,
                System = Plan.System.Name,
                Seed = Plan.Seed.Value,
                State = _state,
                StartedAt = _startedAt,
                EndedAt = _endedAt,
                Last = last?.Text,
                Cells = Plan.Battery.Cells.Count,
                Judged = _figures?.Cells ?? last?.Judged ?? 0,
                Broken = _figures?.Broken,
                Inconclusive = _figures?.Inconclusive,
                Verdict = _figures?.Verdict,
                ExitCode = ExitCodeNeedsGate() is { } code ? (int)code : null,
                Failure = _failure,
                Command = Plan.Command,
                Folder = Folder,
                Files = Files,
            };
        }
    }

    /// <summary>What a person reads in ten seconds; null while there is no report.</summary>
    /// <param name="colours">Whether with ANSI colours.</param>
    public string? Summary(bool colours)
    {
        lock (_gate) return colours ? _summary?.Coloured : _summary?.Plain;
    }

    /// <summary>Gives it up; its rollbacks still run. One that has ended stays as it is.</summary>
    public void Cancel() => _stop.Cancel();

    internal void Begin()
    {
        lock (_gate) _state = RunState.Running;
    }

    /// <summary>It came to its end.</summary>
    /// <param name="report">What came out.</param>
    /// <param name="left">What could not be put back; null when everything was.</param>
    /// <param name="at">When.</param>
    internal void End(RunReport report, string? left, DateTimeOffset at)
    {
        (string, string) summary = (Write(report, colours: false), Write(report, colours: true));
        lock (_gate)
        {
            _summary = summary;
            _figures = new Figures(report.Verdict, report.ExitCode, report.Cells.Count, report.Count(Verdict.Failed), report.Count(Verdict.Inconclusive));
            _failure = report.Facts.LabFailure ?? left;
            EndNeedsGate(_failure is null ? RunState.Done : RunState.Failed, at);
        }
    }

    /// <summary>It was given up.</summary>
    /// <param name="left">What could not be put back; null when everything was.</param>
    /// <param name="at">When.</param>
    internal void EndCancelled(string? left, DateTimeOffset at)
    {
        lock (_gate)
        {
            _failure = left;
            EndNeedsGate(RunState.Cancelled, at);
        }
    }

    /// <summary>The lab failed at it.</summary>
    /// <param name="failure">Why, in words.</param>
    /// <param name="at">When.</param>
    internal void Fail(string failure, DateTimeOffset at)
    {
        lock (_gate)
        {
            _failure = failure;
            EndNeedsGate(RunState.Failed, at);
        }
    }

    /// <summary>Nothing is under way for it any more.</summary>
    internal void Complete()
    {
        Log.Complete();
        _over.TrySetResult();
    }

    private void EndNeedsGate(RunState state, DateTimeOffset at) => (_state, _endedAt) = (state, at);

    private ExitCode? ExitCodeNeedsGate() => _state switch
    {
        RunState.Done => _figures!.ExitCode,
        RunState.Failed => ExitCode.Infrastructure,
        RunState.Cancelled => ExitCode.Inconclusive,
        _ => null,
    };

    private static string Write(RunReport report, bool colours)
    {
        using var text = new StringWriter();
        ConsoleReport.Write(text, report, colours);
        return text.ToString();
    }

    /// <summary>What is kept of a report in memory; the rest is on disk.</summary>
    private sealed record Figures(Verdict Verdict, ExitCode ExitCode, int Cells, int Broken, int Inconclusive);
}
