namespace Faultline.Protocol.Faults;

/// <summary>Ids of client operations: <c>cell/000001</c>, or <c>run~cell/000001</c> where several runs share the data of one system.</summary>
public static class OperationIds
{
    /// <summary>What stands between the name of a run and the rest.</summary>
    public const char RunMark = '~';

    /// <summary>The id without the name of the run: the same in every run, so that a seed decides the same and a replay finds it again.</summary>
    /// <param name="operationId">An operation id.</param>
    public static string WithoutRun(string operationId) => operationId[(operationId.IndexOf(RunMark, StringComparison.Ordinal) + 1)..];

    /// <summary>The id with the name of a run.</summary>
    /// <param name="operationId">An operation id without one.</param>
    /// <param name="run">The run; null for none.</param>
    public static string InRun(string operationId, string? run) => run is null ? operationId : $"{run}{RunMark}{operationId}";
}
