using Faultline.Protocol.Faults;

namespace Faultline.Lab.Live;

/// <summary>Says what a fault does, for a person who does not read C#.</summary>
/// <param name="kinds">What each kind at a fault point does.</param>
internal sealed class FaultWords(IReadOnlyDictionary<string, string> kinds)
{
    /// <summary>An anomaly in one sentence.</summary>
    public string Of(string kind, string point)
    {
        string does = kinds.GetValueOrDefault(kind, kind);
        return FaultPoints.Find(point) is { } known ? $"{known.Says}: {does}" : does;
    }
}
