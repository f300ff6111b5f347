namespace TicketFlow.Checks.Samples;

/// <summary>A small generator of numbers that a seed decides in full, on every machine and in every version.</summary>
internal struct SplitMix64(ulong state)
{
    private ulong _state = state;

    /// <summary>A generator of its own for each index: sample 7 is the same whether or not samples 0 to 6 were asked for.</summary>
    public static SplitMix64 For(ulong seed, long index)
    {
        var outer = new SplitMix64(seed);
        return new SplitMix64(outer.Next() ^ unchecked((ulong)index * 0xD1B54A32D192ED03UL));
    }

    public ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15UL;
            ulong z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A number from 0 to one below the limit.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>True in one of so many cases.</summary>
    public bool OneIn(int cases) => Below(cases) == 0;
}
