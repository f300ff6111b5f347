namespace Faultline.Proxy.Toxics;

/// <summary>An attribute of a kind of toxic.</summary>
/// <param name="Name">As in the API, with Toxiproxy's units: milliseconds, KB/s, bytes, microseconds.</param>
/// <param name="Default">What holds when it is not given.</param>
/// <param name="Max">The largest value; the smallest is 0.</param>
/// <param name="IsWhole">Whether it must be a whole number.</param>
internal sealed record ToxicAttribute(string Name, double Default, double Max, bool IsWhole)
{
    // A day in microseconds; longer pauses and sizes are slips of the pen.
    private const double WholeMax = 86_400_000_000;

    public static ToxicAttribute Whole(string name) => new(name, 0, WholeMax, IsWhole: true);

    public static ToxicAttribute Chance(string name, double preset = 0) => new(name, preset, 1, IsWhole: false);

    /// <summary>What is wrong with a value, or null.</summary>
    public string? Problem(double value) =>
        value >= 0 && value <= Max && (!IsWhole || Math.Floor(value) == value) ? null
        : $"{Name} is {value}; it must be {(IsWhole ? "a whole number" : "a number")} from 0 to {Max}";
}
