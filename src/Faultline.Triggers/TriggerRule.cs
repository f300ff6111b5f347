namespace Faultline.Triggers;

/// <summary>What a trigger knows when it decides.</summary>
/// <param name="Match">Which match this is, counted from 1 over all instances, in the order of arrival.</param>
/// <param name="Fired">How often the fault has fired before.</param>
/// <param name="Now">The time.</param>
/// <param name="Dice">The dice of this choice; rolled only by a trigger that needs chance.</param>
public readonly record struct Occasion(long Match, long Fired, DateTimeOffset Now, Dice Dice);

/// <summary>When a fault fires. Pure: no clock, no chance of its own, no store. Immutable and safe for all threads.</summary>
public abstract record TriggerRule
{
    private TriggerRule()
    {
    }

    /// <summary>Whether the fault fires on this occasion.</summary>
    /// <param name="occasion">What is known.</param>
    public abstract bool Fires(in Occasion occasion);

    /// <summary>Whether the fault can never fire again, whatever comes.</summary>
    /// <param name="match">How many matches there have been.</param>
    /// <param name="fired">How often it has fired.</param>
    /// <param name="now">The time.</param>
    public abstract bool IsSpent(long match, long fired, DateTimeOffset now);

    /// <summary>On every match.</summary>
    public sealed record Always : TriggerRule
    {
        /// <inheritdoc />
        public override bool Fires(in Occasion occasion) => true;

        /// <inheritdoc />
        public override bool IsSpent(long match, long fired, DateTimeOffset now) => false;
    }

    /// <summary>On the k-th match only; <c>once</c> is the first.</summary>
    /// <param name="K">At least 1.</param>
    public sealed record Nth(long K) : TriggerRule
    {
        /// <inheritdoc />
        public override bool Fires(in Occasion occasion) => occasion.Match == K;

        /// <inheritdoc />
        public override bool IsSpent(long match, long fired, DateTimeOffset now) => match >= K;
    }

    /// <summary>On the first n matches.</summary>
    /// <param name="N">At least 1.</param>
    public sealed record First(long N) : TriggerRule
    {
        /// <inheritdoc />
        public override bool Fires(in Occasion occasion) => occasion.Match <= N;

        /// <inheritdoc />
        public override bool IsSpent(long match, long fired, DateTimeOffset now) => match >= N;
    }

    /// <summary>On every k-th match: k, 2k, 3k, ...</summary>
    /// <param name="K">At least 1.</param>
    public sealed record Every(long K) : TriggerRule
    {
        /// <inheritdoc />
        public override bool Fires(in Occasion occasion) => occasion.Match % K == 0;

        /// <inheritdoc />
        public override bool IsSpent(long match, long fired, DateTimeOffset now) => false;
    }

    /// <summary>Each match with a chance.</summary>
    /// <param name="Chance">Above 0 and at most 1.</param>
    public sealed record Probability(double Chance) : TriggerRule
    {
        /// <inheritdoc />
        public override bool Fires(in Occasion occasion) => occasion.Dice.Chance(Chance);

        /// <inheritdoc />
        public override bool IsSpent(long match, long fired, DateTimeOffset now) => false;
    }

    /// <summary>Every match inside a span of time.</summary>
    /// <param name="From">Start, inclusive; null means from the beginning.</param>
    /// <param name="Until">End, exclusive; null means without end.</param>
    public sealed record While(DateTimeOffset? From, DateTimeOffset? Until) : TriggerRule
    {
        /// <inheritdoc />
        public override bool Fires(in Occasion occasion) => (From is null || occasion.Now >= From) && (Until is null || occasion.Now < Until);

        /// <inheritdoc />
        public override bool IsSpent(long match, long fired, DateTimeOffset now) => Until is not null && now >= Until;
    }

    /// <summary>Reads a trigger from its parts, of which at most one is given; none means <see cref="Always"/>.</summary>
    /// <param name="once">True: the first match only.</param>
    /// <param name="nth">The k-th match.</param>
    /// <param name="first">The first n matches.</param>
    /// <param name="every">Every k-th match.</param>
    /// <param name="probability">The chance of each match.</param>
    /// <param name="window">A span of time.</param>
    /// <param name="problem">What is wrong and what is allowed; null when nothing is.</param>
    /// <returns>The trigger, or null when there is a problem.</returns>
    public static TriggerRule? Read(bool? once, long? nth, long? first, long? every, double? probability, (DateTimeOffset? From, DateTimeOffset? Until)? window, out string? problem)
    {
        string[] given =
        [
            .. new (string Name, bool Given)[]
            {
                ("once", once is not null), ("nth", nth is not null), ("first", first is not null), ("every", every is not null), ("probability", probability is not null), ("while", window is not null),
            }.Where(part => part.Given).Select(part => part.Name),
        ];
        problem =
            given.Length > 1 ? $"trigger has {string.Join(" and ", given)}; it must have one of once, nth, first, every, probability, while"
            : once is false ? "trigger.once is false; it must be true or absent"
            : Whole("nth", nth) ?? Whole("first", first) ?? Whole("every", every)
                ?? (probability is { } chance && !(chance > 0 && chance <= 1) ? $"trigger.probability is {chance}; it must be above 0 and at most 1" : null)
                ?? (window is { From: { } from, Until: { } until } && until <= from ? $"trigger.while ends ({until:O}) before it begins ({from:O})" : null);
        if (problem is not null) return null;

        return
            once is not null ? new Nth(1)
            : nth is { } k ? new Nth(k)
            : first is { } n ? new First(n)
            : every is { } step ? new Every(step)
            : probability is { } p ? new Probability(p)
            : window is { } span ? new While(span.From, span.Until)
            : new Always();
    }

    private static string? Whole(string name, long? value) => value is < 1 ? $"trigger.{name} is {value}; it must be a whole number of at least 1" : null;
}
