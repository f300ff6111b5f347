namespace Faultline.Triggers;

/// <summary>
/// A small deterministic generator: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014).
/// The same start gives the same draws on every machine and runtime. Not thread-safe, and not for secrets.
/// </summary>
/// <param name="start">The start of the sequence; every value is good.</param>
public sealed class Dice(ulong start)
{
    private ulong _state = start;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        ulong mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 (inclusive) to 1 (exclusive), on 53 bits.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with the given chance: never at 0, always at 1.</summary>
    /// <param name="probability">0 to 1.</param>
    public bool Chance(double probability) => Fraction() < probability;

    /// <summary>A whole number from 0 (inclusive) to a limit (exclusive), each equally likely.</summary>
    /// <param name="limit">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1.</exception>
    public int Below(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return (int)Math.BigMul(Next(), (ulong)limit, out _);
    }

    /// <summary>A whole number between two bounds, both inclusive.</summary>
    /// <param name="low">The smallest.</param>
    /// <param name="high">The largest; at least <paramref name="low"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bounds are the wrong way round.</exception>
    public int Between(int low, int high)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(high, low);
        return (int)(low + (long)Math.BigMul(Next(), (ulong)((long)high - low + 1), out _));
    }

    /// <summary>One of the given items.</summary>
    /// <typeparam name="T">What they are.</typeparam>
    /// <param name="items">At least one.</param>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Puts items into a random order (Fisher and Yates).</summary>
    /// <typeparam name="T">What they are.</typeparam>
    /// <param name="items">Changed in place.</param>
    public void Shuffle<T>(IList<T> items)
    {
        for (int last = items.Count - 1; last > 0; last--)
        {
            int other = Below(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
