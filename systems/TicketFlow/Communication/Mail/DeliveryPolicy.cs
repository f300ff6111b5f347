using TicketFlow.Communication.Data;

namespace TicketFlow.Communication.Mail;

/// <summary>What to do with a letter after an attempt to hand it over.</summary>
internal abstract record NextStep
{
    private NextStep()
    {
    }

    /// <summary>It is done; nobody who can be reached is missing.</summary>
    public sealed record Sent : NextStep;

    /// <summary>Try again.</summary>
    /// <param name="Pause">After this time.</param>
    public sealed record Again(TimeSpan Pause) : NextStep;

    /// <summary>Leave it, with its error.</summary>
    public sealed record GiveUp : NextStep;
}

/// <summary>Decides what follows an attempt. Pure.</summary>
internal static class DeliveryPolicy
{
    private const int DoublingsMax = 9;
    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(5);

    /// <summary>Decides.</summary>
    /// <param name="letter">The letter before the attempt.</param>
    /// <param name="delivery">What came of it.</param>
    /// <param name="attempt">Which attempt it was, from 1.</param>
    /// <param name="age">How old the letter is.</param>
    /// <param name="ageMax">How old it may become before it is given up.</param>
    public static NextStep Decide(Letter letter, Delivery delivery, int attempt, TimeSpan age, TimeSpan ageMax)
    {
        bool isComplete = !letter.Outstanding.Except(delivery.Reached).Except(delivery.Refused).Any();
        bool reachedSomebody = letter.Reached.Count + delivery.Reached.Count > 0;
        return (isComplete, reachedSomebody) switch
        {
            (true, true) => new NextStep.Sent(),
            (true, false) => new NextStep.GiveUp(),
            _ => age < ageMax ? new NextStep.Again(PauseAfter(attempt)) : new NextStep.GiveUp(),
        };
    }

    /// <summary>1 s, 2 s, 4 s and so on, at most 5 minutes.</summary>
    private static TimeSpan PauseAfter(int attempt)
    {
        TimeSpan pause = PauseMin * (1 << Math.Clamp(attempt - 1, 0, DoublingsMax));
        return pause < PauseMax ? pause : PauseMax;
    }
}
