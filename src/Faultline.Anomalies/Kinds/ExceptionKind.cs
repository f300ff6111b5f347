using Faultline.Protocol.Faults;

namespace Faultline.Anomalies;

/// <summary>Throws a <see cref="FaultException"/>.</summary>
internal sealed class ExceptionKind() : FaultKind(FaultKinds.Exception, "the step fails")
{
    public override bool HitsWholeBatch => true;

    public override IReadOnlyList<KindParameter> Parameters { get; } =
    [
        new("transient", "bool", "whether trying again can help") { Default = true },
        new("message", "text", "the text of the failure") { Min = 1, Max = 500 },
    ];

    public override ValueTask ActAsync(Strike strike, CancellationToken stop)
    {
        Anomaly anomaly = strike.Anomaly.Model.Config;
        bool isTransient = strike.Parameters.Transient ?? true;
        throw new FaultException(
            strike.Parameters.Message ?? $"injected {(isTransient ? "transient" : "lasting")} failure at {anomaly.Point} (anomaly {anomaly.Id})", isTransient, anomaly.Id, anomaly.Point);
    }
}
