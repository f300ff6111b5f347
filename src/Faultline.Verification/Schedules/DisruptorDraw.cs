using System.Globalization;
using Faultline.Triggers;

namespace Faultline.Verification.Schedules;

/// <summary>What a disruptor does next.</summary>
/// <param name="Target">A service, a server or a link.</param>
/// <param name="Verb">kill, stop or pause; without meaning for a link.</param>
/// <param name="Down">How long it is down.</param>
public readonly record struct Strike(string Target, string Verb, TimeSpan Down);

/// <summary>Draws what a disruptor does: each turn has dice of its own, so what was drawn does not depend on what was possible before.</summary>
public static class DisruptorDraw
{
    /// <summary>What is done to processes when nothing is said.</summary>
    public static IReadOnlyList<string> UsualVerbs { get; } = [DisruptionVerbs.Kill, DisruptionVerbs.Stop, DisruptionVerbs.Pause];

    /// <summary>What is done in a turn.</summary>
    /// <param name="fault">The disruptor.</param>
    /// <param name="seed">Decides every choice.</param>
    /// <param name="turn">Counted from 1.</param>
    public static Strike Of(DisruptorFault fault, Seed seed, int turn)
    {
        Dice dice = seed.For("disruptor", turn.ToString(CultureInfo.InvariantCulture));
        string target = dice.Pick(fault.Targets);
        string verb = dice.Pick(fault.Verbs);
        return new Strike(target, verb, TimeSpan.FromMilliseconds(dice.Between((int)fault.DownMin.TotalMilliseconds, (int)fault.DownMax.TotalMilliseconds)));
    }
}
