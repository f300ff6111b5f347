using System.Globalization;
using Faultline.Verification.Checkers;

namespace Faultline.Lab.Experiments;

/// <summary>What a run tells, as a line.</summary>
/// <param name="Number">Counts the lines of the run from 1.</param>
/// <param name="At">When it was told.</param>
/// <param name="Text">The line.</param>
/// <param name="Judged">How many experiments have a verdict.</param>
/// <param name="Of">Of how many.</param>
public sealed record RunLine(long Number, DateTimeOffset At, string Text, int Judged, int Of);

/// <summary>Tells a run line by line, the same wherever it runs: what happens, and how far the operations are, not more often than every few seconds. Not thread-safe.</summary>
public sealed class RunTeller : IProgress<RunProgress>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Action<RunLine> _tell;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly int _cells;
    private TimeSpan _told;
    private long _lines;
    private int _judged;

    /// <summary>Begins to tell.</summary>
    /// <param name="plan">What is run.</param>
    /// <param name="tell">Gets each line.</param>
    /// <param name="time">The clock.</param>
    public RunTeller(RunPlan plan, Action<RunLine> tell, TimeProvider time)
    {
        (_tell, _time, _began, _cells) = (tell, time, time.GetTimestamp(), plan.Running.Cells.Count);
        Say($"{plan.Battery.Name}, {(_cells == 1 ? "1 experiment" : $"{_cells} experiments")}, {(plan.AtOnce == 1 ? "seed" : $"{plan.AtOnce} seeds from")} {plan.Seed}{(plan.AtOnce == 1 ? "" : " on")}. To repeat: {plan.Command}");
    }

    /// <inheritdoc />
    public void Report(RunProgress value)
    {
        switch (value)
        {
            case RunProgress.Phase phase:
                SayAt(phase.Says);
                break;
            case RunProgress.Operations operations when operations.Of > 0 && Elapsed - _told >= Pause:
                SayAt(string.Create(CultureInfo.InvariantCulture, $"{operations.Done} of {operations.Of} operations"));
                break;
            case RunProgress.Judged judged:
                _judged = judged.Done;
                if (judged.Cell.Verdict != Verdict.Passed) SayAt($"{judged.Cell.Verdict.ToString().ToLowerInvariant()}: {judged.Cell.Experiment.Name}: {judged.Cell.Reason}");
                break;
        }
    }

    private TimeSpan Elapsed => _time.GetElapsedTime(_began);

    private void SayAt(string text)
    {
        _told = Elapsed;
        Say(string.Create(CultureInfo.InvariantCulture, $"{_told:mm\\:ss} [{_judged}/{_cells}] {text}"));
    }

    private void Say(string text) => _tell(new RunLine(++_lines, _time.GetUtcNow(), text, _judged, _cells));
}
