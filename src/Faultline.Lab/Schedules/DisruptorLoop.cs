using System.Globalization;
using Faultline.Lab.Links;
using Faultline.Lab.Problems;
using Faultline.Lab.Supervisor;
using Faultline.Triggers;
using Faultline.Verification.Schedules;
using Faultline.Verification.Verdicts;

namespace Faultline.Lab.Schedules;

/// <summary>
/// The disruptor at work: every interval it takes something down that the seed picks, and brings it back after a time that the seed draws. Several may be down at once; a turn whose target is down
/// already, or that finds enough of them down, passes. Whatever ends the loop, it brings back what it took down; and what the lab takes down is recorded, so that it is back also after a crash of the lab.
/// </summary>
/// <param name="plan">What, how often and for how long.</param>
/// <param name="site">Where it acts.</param>
/// <param name="seed">Decides every choice.</param>
/// <param name="inTurn">Whether the interval begins only when what was down is well again, so that nothing else goes down meanwhile, however slow the machine is.</param>
internal sealed class DisruptorLoop(DisruptorFault plan, FaultSite site, Seed seed, bool inTurn = false)
{
    private const int MarksMax = 200;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _down = [];
    private readonly List<FaultMark> _marks = [];
    private long _done;
    private string? _problem;

    /// <summary>How many times something was taken down.</summary>
    public long Done
    {
        get { lock (_gate) return _done; }
    }

    /// <summary>What was taken down when; the first ones.</summary>
    public IReadOnlyList<FaultMark> Marks
    {
        get { lock (_gate) return [.. _marks]; }
    }

    /// <summary>What is down now.</summary>
    public IReadOnlyList<string> Down
    {
        get { lock (_gate) return [.. _down]; }
    }

    /// <summary>Why something could not be taken down or brought back; null when everything could.</summary>
    public string? Problem
    {
        get { lock (_gate) return _problem; }
    }

    /// <summary>Goes on until stopped, and returns when everything is back that it took down.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var strikes = new List<Task>();
        for (int turn = 1; ; turn++)
        {
            await Task.Delay(plan.Every, site.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) break;

            Strike strike = DisruptorDraw.Of(plan, seed, turn);
            string target = TargetOf(strike, turn);
            if (!TryTake(target)) continue;

            Task struck = StrikeAsync(strike, target, turn, stop);
            strikes.Add(struck);
            if (inTurn) await struck;
            strikes.RemoveAll(each => each.IsCompletedSuccessfully);
        }

        await Task.WhenAll(strikes);
    }

    private async Task StrikeAsync(Strike strike, string target, int turn, CancellationToken stop)
    {
        string cut = string.Create(CultureInfo.InvariantCulture, $"disruptor {turn}");
        try
        {
            await TakeDownAsync(strike, target, cut, stop);
            Note(strike, target);
            await Task.Delay(strike.Down, site.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await BringBackAsync(strike, target, cut);
            // One that is still starting is still away.
            if (inTurn && !IsLink(strike.Target)) await site.System.Lab.Disruptor.WaitHealthyAsync(target, stop);
        }
        catch (Exception error) when (error is LabException or OperationCanceledException)
        {
            // The run tells it; what could not be brought back is on the list of the heal.
            if (!stop.IsCancellationRequested) lock (_gate) _problem = error.Message;
        }
        finally
        {
            lock (_gate) _down.Remove(target);
        }
    }

    private async Task TakeDownAsync(Strike strike, string target, string cut, CancellationToken stop)
    {
        if (IsLink(strike.Target)) Cut(target, cut);
        else if (strike.Verb == DisruptionVerbs.Kill) await site.System.Lab.Disruptor.KillAsync(target, stayDown: true, stop);
        else if (strike.Verb == DisruptionVerbs.Stop) await site.System.Lab.Disruptor.StopAsync(target, stayDown: true, stop);
        else await site.System.Lab.Disruptor.PauseAsync(target);
    }

    private async Task BringBackAsync(Strike strike, string target, string cut)
    {
        if (IsLink(strike.Target)) await new Partitions(site.Links).HealAsync(cut);
        else if (strike.Verb == DisruptionVerbs.Pause) await site.System.Lab.Disruptor.ResumeAsync(target);
        else await site.System.Lab.Disruptor.RestartAsync(target);
    }

    /// <summary>A link that is cut is the smallest of partitions: its two ends.</summary>
    private void Cut(string name, string cut)
    {
        SystemLink link = site.Links.Named(name)[0];
        new Partitions(site.Links).Cut(cut, [link.From], [link.To], PartitionWays.Both);
    }

    private bool IsLink(string target) => site.System.Links?.All.Any(link => link.IsNamed(target)) ?? false;

    /// <summary>Of several instances or links of that name the seed picks one.</summary>
    private string TargetOf(Strike strike, int turn)
    {
        Dice dice = seed.For("disruptor-instance", turn.ToString(CultureInfo.InvariantCulture));
        if (IsLink(strike.Target)) return dice.Pick(site.Links.Named(strike.Target)).Name;
        IReadOnlyList<SupervisedProcess> instances = site.System.InstancesOf(strike.Target);
        return instances.Count > 0 ? dice.Pick(instances).Target : site.ServerOf(strike.Target);
    }

    private bool TryTake(string target)
    {
        lock (_gate) return _down.Count < plan.AtOnce && _down.Add(target);
    }

    private void Note(Strike strike, string target)
    {
        lock (_gate)
        {
            _done++;
            string what = IsLink(strike.Target) ? "cut" : strike.Verb;
            if (_marks.Count < MarksMax) _marks.Add(new FaultMark(site.Time.GetUtcNow(), string.Create(CultureInfo.InvariantCulture, $"{what} {target} for {strike.Down.TotalSeconds:0.###} s")));
        }
    }
}
