namespace Faultline.Anomalies;

/// <summary>The failure that an <c>exception</c> anomaly throws.</summary>
/// <param name="message">What a person reads.</param>
/// <param name="isTransient">Whether trying again can help.</param>
/// <param name="anomalyId">Which anomaly threw it.</param>
/// <param name="point">At which fault point.</param>
public sealed class FaultException(string message, bool isTransient, Guid anomalyId, string point) : Exception(message)
{
    /// <summary>Whether trying again can help.</summary>
    public bool IsTransient { get; } = isTransient;

    /// <summary>Which anomaly threw it.</summary>
    public Guid AnomalyId { get; } = anomalyId;

    /// <summary>The name of the fault point.</summary>
    public string Point { get; } = point;
}
