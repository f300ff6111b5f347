namespace Faultline.Messaging.Retry;

/// <summary>How failed deliveries are tried again.</summary>
public sealed record RetryOptions
{
    /// <summary>Attempts in all, the first included, after which a message goes to the dead letters.</summary>
    /// <value>6; 1 to 100.</value>
    public int AttemptsMax { get; init; } = 6;

    /// <summary>The pause after the first failed attempt; doubles with each further one.</summary>
    /// <value>100 ms; above zero.</value>
    public TimeSpan PauseMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause.</summary>
    /// <value>30 s; not below <see cref="PauseMin"/>.</value>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much of a pause is left to chance, so that those who failed together do not come back together.</summary>
    /// <value>0.2: between 80 % and 120 %; 0 to 1.</value>
    public double Jitter { get; init; } = 0.2;

    /// <summary>How many times a process may die while it handles one message alone before that message goes to the dead letters.</summary>
    /// <value>3; 1 to 100.</value>
    public int CrashesMax { get; init; } = 3;

    /// <summary>What is wrong with these options; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (AttemptsMax is < 1 or > 100) yield return $"retry.attemptsMax is {AttemptsMax}; it must be 1 to 100";
        if (CrashesMax is < 1 or > 100) yield return $"retry.crashesMax is {CrashesMax}; it must be 1 to 100";
        if (PauseMin <= TimeSpan.Zero) yield return $"retry.pauseMin is {PauseMin}; it must be above zero";
        if (PauseMax < PauseMin) yield return $"retry.pauseMax is {PauseMax}; it must be at least retry.pauseMin ({PauseMin})";
        if (!(Jitter is >= 0 and <= 1)) yield return $"retry.jitter is {Jitter}; it must be 0 to 1";
    }
}

/// <summary>What to do with a message that failed.</summary>
public abstract record RetryDecision
{
    private RetryDecision()
    {
    }

    /// <summary>Try again.</summary>
    /// <param name="Pause">After this time.</param>
    public sealed record Again(TimeSpan Pause) : RetryDecision;

    /// <summary>Move it to the dead letters.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record GiveUp(string Reason) : RetryDecision;
}

/// <summary>The rule of retries. Pure.</summary>
public static class RetryPolicy
{
    /// <summary>Decides.</summary>
    /// <param name="attempt">How many attempts have failed, this one included; at least 1.</param>
    /// <param name="isLasting">Whether trying again cannot help.</param>
    /// <param name="reason">Why it failed.</param>
    /// <param name="chance">A number from 0 to 1 that decides the jitter.</param>
    /// <param name="options">The limits.</param>
    public static RetryDecision Decide(int attempt, bool isLasting, string reason, double chance, RetryOptions options)
    {
        if (isLasting) return new RetryDecision.GiveUp(reason);
        if (attempt >= options.AttemptsMax) return new RetryDecision.GiveUp($"{reason} (attempt {attempt} of {options.AttemptsMax})");

        double pause = Math.Min(options.PauseMin.Ticks * Math.Pow(2, attempt - 1), options.PauseMax.Ticks);
        return new RetryDecision.Again(TimeSpan.FromTicks((long)(pause * (1 - options.Jitter + (2 * options.Jitter * chance)))));
    }
}
