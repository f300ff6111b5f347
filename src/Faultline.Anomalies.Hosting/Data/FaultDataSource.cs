using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Faultline.Anomalies.Hosting.Data;

/// <summary>A source of connections whose commands and commits pass the fault points: for plain Npgsql, Dapper, or any other client that is used by the types of <c>System.Data.Common</c>.</summary>
/// <param name="inner">The real one; whoever made it disposes of it.</param>
/// <param name="faults">The points around a database client.</param>
public sealed class FaultDataSource(DbDataSource inner, DatabaseFaults faults) : DbDataSource
{
    /// <summary>The real source, for what only it can do, such as COPY or LISTEN. Nothing that it gives passes a fault point.</summary>
    public DbDataSource Inner => inner;

    /// <inheritdoc />
    public override string ConnectionString => inner.ConnectionString;

    /// <inheritdoc />
    protected override DbConnection CreateDbConnection() => new FaultConnection(inner.CreateConnection(), faults);
}

/// <summary>A connection whose commands and commits pass the fault points.</summary>
/// <param name="inner">The real one; disposed of with this one.</param>
/// <param name="faults">The points around a database client.</param>
public sealed class FaultConnection(DbConnection inner, DatabaseFaults faults) : DbConnection
{
    /// <summary>The real connection, for what only it can do. Nothing that it does passes a fault point.</summary>
    public DbConnection Inner => inner;

    /// <inheritdoc />
    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => inner.ConnectionString = value;
    }

    /// <inheritdoc />
    public override string Database => inner.Database;

    /// <inheritdoc />
    public override string DataSource => inner.DataSource;

    /// <inheritdoc />
    public override string ServerVersion => inner.ServerVersion;

    /// <inheritdoc />
    public override System.Data.ConnectionState State => inner.State;

    /// <inheritdoc />
    public override int ConnectionTimeout => inner.ConnectionTimeout;

    /// <inheritdoc />
    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    /// <inheritdoc />
    public override void Open() => inner.Open();

    /// <inheritdoc />
    public override Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    /// <inheritdoc />
    public override void Close() => inner.Close();

    /// <inheritdoc />
    public override Task CloseAsync() => inner.CloseAsync();

    /// <inheritdoc />
    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <inheritdoc />
    public override void EnlistTransaction(System.Transactions.Transaction? transaction) => inner.EnlistTransaction(transaction);

    /// <inheritdoc />
    protected override DbTransaction BeginDbTransaction(System.Data.IsolationLevel isolationLevel) => new FaultTransaction(inner.BeginTransaction(isolationLevel), this, faults);

    /// <inheritdoc />
    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(System.Data.IsolationLevel isolationLevel, CancellationToken cancellationToken) =>
        new FaultTransaction(await inner.BeginTransactionAsync(isolationLevel, cancellationToken), this, faults);

    /// <inheritdoc />
    protected override DbCommand CreateDbCommand() => new FaultCommand(inner.CreateCommand(), this, faults);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
