using System.Globalization;
using Faultline.Lab.Disruptor;
using Faultline.Lab.Problems;
using Faultline.Triggers;
using Faultline.Verification.Profiles;

namespace Faultline.Lab.Profiles;

/// <summary>Every interval takes a target down that the seed picks, by kill or graceful stop, for a time that the seed draws, and brings it back. What is still down at its end the heal brings back.</summary>
/// <param name="plan">What, how often and for how long.</param>
/// <param name="disruptor">Does it.</param>
/// <param name="seed">Decides every choice.</param>
/// <param name="time">The clock.</param>
internal sealed class RandomDisruptor(DisruptorPlan plan, LabDisruptor disruptor, Seed seed, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _down = [];
    private long _done;

    /// <summary>How many targets were taken down.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Why one could not be taken down or brought back; null when all could.</summary>
    public string? Problem { get; private set; }

    /// <summary>Goes on until stopped, and returns when nothing of it is under way.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var victims = new List<Task>();
        try
        {
            for (int turn = 1; ; turn++)
            {
                await Task.Delay(plan.Every, time, stop);
                Dice dice = seed.For("disruptor", turn.ToString(CultureInfo.InvariantCulture));
                string target = dice.Pick(plan.Targets);
                bool kill = dice.Chance(0.5);
                TimeSpan down = plan.DownMax * dice.Fraction();
                Task victim = DisruptAsync(target, kill, down, stop);
                if (plan.Overlap) victims.Add(victim);
                else await victim;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Task.WhenAll(victims);
        }
    }

    private async Task DisruptAsync(string target, bool kill, TimeSpan down, CancellationToken stop)
    {
        lock (_gate)
        {
            if (!_down.Add(target)) return; // It is down already.
        }

        try
        {
            if (kill) await disruptor.KillAsync(target, stayDown: true, stop);
            else await disruptor.StopAsync(target, stayDown: true, stop);
            Interlocked.Increment(ref _done);
            await Task.Delay(down, time, stop);
            await disruptor.RestartAsync(target, stop);
            // One that is still starting is still away: without overlap nothing else goes down meanwhile, however slow the machine is.
            if (!plan.Overlap) await disruptor.WaitHealthyAsync(target, stop);
        }
        catch (LabException error)
        {
            Problem = error.Message;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return; // The heal brings it back.
        }
        finally
        {
            lock (_gate) _down.Remove(target);
        }
    }
}
