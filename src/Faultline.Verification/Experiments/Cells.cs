using Faultline.Protocol.Faults;

namespace Faultline.Verification.Experiments;

/// <summary>
/// How cells that share one running system are told apart: every operation id of a cell begins with the cell's name, and every request and message of it carries
/// the cell in a header, which the cell's anomalies match.
/// </summary>
public static class Cells
{
    /// <summary>The header; see <see cref="FaultHeaders.Cell"/>.</summary>
    public const string Header = FaultHeaders.Cell;

    /// <summary>What every operation id of a cell begins with.</summary>
    /// <param name="cell">The name of the cell.</param>
    /// <param name="run">The run, where several share the data of one system; null for none.</param>
    public static string OperationIdPrefix(string cell, string? run = null) => OperationIds.InRun($"{cell}/", run);

    /// <summary>The id of an operation: but for the run the same in every run of the cell, so that a replay finds it again.</summary>
    /// <param name="cell">The name of the cell.</param>
    /// <param name="number">The number of the operation in the cell, from 1.</param>
    /// <param name="run">The run, where several share the data of one system; null for none.</param>
    public static string OperationId(string cell, long number, string? run = null) => OperationIds.InRun($"{cell}/{number:D6}", run);

    /// <summary>The cell of an operation id; null when it belongs to none.</summary>
    /// <param name="operationId">The operation id.</param>
    public static string? CellOf(string? operationId) => operationId?.LastIndexOf('/') is { } slash and > 0 ? OperationIds.WithoutRun(operationId[..slash]) : null;
}
