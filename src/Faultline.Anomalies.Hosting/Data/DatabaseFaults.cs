using System.Collections.Immutable;
using Faultline.Protocol.Faults;

namespace Faultline.Anomalies.Hosting.Data;

/// <summary>The fault points around a database client. Code that uses a client which the package does not know may pass them by itself.</summary>
/// <param name="faults">The fault points of this process.</param>
public sealed class DatabaseFaults(FaultPipeline faults)
{
    /// <summary>The header by which an anomaly can be narrowed to one EF Core context: its class name.</summary>
    public const string ContextHeader = "db-context";

    /// <summary>Whether anything can happen at a point.</summary>
    /// <param name="point">One of <see cref="FaultPoints.Database"/>.</param>
    public bool IsArmed(FaultPoint point) => faults.IsArmed(point);

    /// <summary>Lets a statement, a save or a commit pass.</summary>
    /// <param name="point">One of <see cref="FaultPoints.Database"/>.</param>
    /// <param name="sql">The statement; null where there is none.</param>
    /// <param name="context">The class name of the EF Core context; null without one.</param>
    /// <param name="stop">Ends a wait.</param>
    /// <exception cref="FaultDbException">An <c>exception</c> anomaly fired.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while it waited.</exception>
    public ValueTask PassAsync(FaultPoint point, string? sql, string? context, CancellationToken stop) => faults.IsArmed(point) ? PassArmedAsync(point, sql, context, stop) : ValueTask.CompletedTask;

    /// <summary>The same for callers that block. A delay or a hang blocks their thread, as the database would.</summary>
    /// <param name="point">One of <see cref="FaultPoints.Database"/>.</param>
    /// <param name="sql">The statement; null where there is none.</param>
    /// <param name="context">The class name of the EF Core context; null without one.</param>
    /// <exception cref="FaultDbException">An <c>exception</c> anomaly fired.</exception>
    public void Pass(FaultPoint point, string? sql, string? context)
    {
        if (faults.IsArmed(point)) PassArmed(point, sql, context);
    }

    /// <summary>The kind of a statement, from <see cref="DatabaseStatements.All"/>: its first word, after comments.</summary>
    /// <param name="sql">The statement.</param>
    internal static string StatementOf(string sql)
    {
        ReadOnlySpan<char> rest = sql.AsSpan().TrimStart();
        while (rest.StartsWith("--") || rest.StartsWith("/*"))
        {
            string end = rest[0] == '-' ? "\n" : "*/";
            int at = rest.IndexOf(end);
            if (at < 0) return DatabaseStatements.Other;

            rest = rest[(at + end.Length)..].TrimStart();
        }

        int length = 0;
        while (length < rest.Length && char.IsAsciiLetter(rest[length])) length++;
        string word = rest[..length].ToString().ToLowerInvariant();
        return DatabaseStatements.All.Contains(word) ? word : DatabaseStatements.Other;
    }

    // Apart from its caller: what the lambda captures is allocated where the method begins, and an idle point allocates nothing.
    private void PassArmed(FaultPoint point, string? sql, string? context)
    {
#pragma warning disable VSTHRD002 // The caller has chosen the blocking methods of its client; what waits in here runs on the pool and needs nothing of this thread.
        Task.Run(() => PassArmedAsync(point, sql, context, CancellationToken.None).AsTask()).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    private async ValueTask PassArmedAsync(FaultPoint point, string? sql, string? context, CancellationToken stop)
    {
        var passage = new Passage
        {
            MessageType = sql is null ? null : StatementOf(sql),
            Headers = context is null ? ImmutableDictionary<string, string>.Empty : ImmutableDictionary<string, string>.Empty.Add(ContextHeader, context),
        };
        try
        {
            await faults.PassAsync(point, passage, stop);
        }
        catch (FaultException fault)
        {
            throw new FaultDbException(fault);
        }
    }
}
