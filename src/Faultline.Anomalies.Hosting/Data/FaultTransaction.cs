using System.Data;
using System.Data.Common;
using Faultline.Protocol.Faults;

namespace Faultline.Anomalies.Hosting.Data;

/// <summary>A transaction whose commit passes the fault points.</summary>
internal sealed class FaultTransaction(DbTransaction inner, FaultConnection connection, DatabaseFaults faults) : DbTransaction
{
    public DbTransaction Inner => inner;

    public override IsolationLevel IsolationLevel => inner.IsolationLevel;

    public override bool SupportsSavepoints => inner.SupportsSavepoints;

    protected override DbConnection? DbConnection => inner.Connection is null ? null : connection; // A transaction that has ended has none.

    public override void Commit()
    {
        faults.Pass(FaultPoints.DatabaseCommitBefore, sql: null, context: null);
        inner.Commit();
        faults.Pass(FaultPoints.DatabaseCommitAfter, sql: null, context: null);
    }

    public override async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        await faults.PassAsync(FaultPoints.DatabaseCommitBefore, sql: null, context: null, cancellationToken);
        await inner.CommitAsync(cancellationToken);
        await faults.PassAsync(FaultPoints.DatabaseCommitAfter, sql: null, context: null, cancellationToken);
    }

    public override void Rollback() => inner.Rollback();

    public override Task RollbackAsync(CancellationToken cancellationToken = default) => inner.RollbackAsync(cancellationToken);

    public override void Save(string savepointName) => inner.Save(savepointName);

    public override Task SaveAsync(string savepointName, CancellationToken cancellationToken = default) => inner.SaveAsync(savepointName, cancellationToken);

    public override void Rollback(string savepointName) => inner.Rollback(savepointName);

    public override Task RollbackAsync(string savepointName, CancellationToken cancellationToken = default) => inner.RollbackAsync(savepointName, cancellationToken);

    public override void Release(string savepointName) => inner.Release(savepointName);

    public override Task ReleaseAsync(string savepointName, CancellationToken cancellationToken = default) => inner.ReleaseAsync(savepointName, cancellationToken);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
