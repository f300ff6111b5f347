using System.Data.Common;

namespace Faultline.Anomalies.Hosting.Data;

/// <summary>The failure that an <c>exception</c> anomaly throws at the points around a database: code that handles failures of databases handles it too.</summary>
/// <param name="fault">What the anomaly asked for.</param>
public sealed class FaultDbException(FaultException fault) : DbException(fault.Message, fault)
{
    /// <inheritdoc />
    public override bool IsTransient => fault.IsTransient;
}
