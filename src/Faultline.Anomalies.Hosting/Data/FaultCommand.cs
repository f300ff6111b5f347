using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Faultline.Protocol.Faults;

namespace Faultline.Anomalies.Hosting.Data;

/// <summary>A command that passes the fault points.</summary>
internal sealed class FaultCommand(DbCommand inner, FaultConnection connection, DatabaseFaults faults) : DbCommand
{
    private FaultTransaction? _transaction;
    private FaultConnection? _connection = connection;

    [AllowNull]
    public override string CommandText
    {
        get => inner.CommandText;
        set => inner.CommandText = value;
    }

    public override int CommandTimeout
    {
        get => inner.CommandTimeout;
        set => inner.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => inner.CommandType;
        set => inner.CommandType = value;
    }

    public override bool DesignTimeVisible
    {
        get => inner.DesignTimeVisible;
        set => inner.DesignTimeVisible = value;
    }

    public override UpdateRowSource UpdatedRowSource
    {
        get => inner.UpdatedRowSource;
        set => inner.UpdatedRowSource = value;
    }

    protected override DbParameterCollection DbParameterCollection => inner.Parameters;

    protected override DbConnection? DbConnection
    {
        get => _connection;
        set => inner.Connection = (_connection = (FaultConnection?)value)?.Inner;
    }

    protected override DbTransaction? DbTransaction
    {
        get => _transaction;
        set => inner.Transaction = (_transaction = (FaultTransaction?)value)?.Inner;
    }

    public override void Cancel() => inner.Cancel();

    public override void Prepare() => inner.Prepare();

    public override Task PrepareAsync(CancellationToken cancellationToken = default) => inner.PrepareAsync(cancellationToken);

    public override int ExecuteNonQuery()
    {
        faults.Pass(FaultPoints.DatabaseCommandBefore, CommandText, context: null);
        int rows = inner.ExecuteNonQuery();
        faults.Pass(FaultPoints.DatabaseCommandAfter, CommandText, context: null);
        return rows;
    }

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        await faults.PassAsync(FaultPoints.DatabaseCommandBefore, CommandText, context: null, cancellationToken);
        int rows = await inner.ExecuteNonQueryAsync(cancellationToken);
        await faults.PassAsync(FaultPoints.DatabaseCommandAfter, CommandText, context: null, cancellationToken);
        return rows;
    }

    public override object? ExecuteScalar()
    {
        faults.Pass(FaultPoints.DatabaseCommandBefore, CommandText, context: null);
        object? value = inner.ExecuteScalar();
        faults.Pass(FaultPoints.DatabaseCommandAfter, CommandText, context: null);
        return value;
    }

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        await faults.PassAsync(FaultPoints.DatabaseCommandBefore, CommandText, context: null, cancellationToken);
        object? value = await inner.ExecuteScalarAsync(cancellationToken);
        await faults.PassAsync(FaultPoints.DatabaseCommandAfter, CommandText, context: null, cancellationToken);
        return value;
    }

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    protected override DbParameter CreateDbParameter() => inner.CreateParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
    {
        faults.Pass(FaultPoints.DatabaseCommandBefore, CommandText, context: null);
        DbDataReader reader = inner.ExecuteReader(behavior);
        try
        {
            faults.Pass(FaultPoints.DatabaseCommandAfter, CommandText, context: null);
            return reader;
        }
        catch
        {
            reader.Dispose(); // The caller never sees it; left open it would keep the connection busy.
            throw;
        }
    }

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        await faults.PassAsync(FaultPoints.DatabaseCommandBefore, CommandText, context: null, cancellationToken);
        DbDataReader reader = await inner.ExecuteReaderAsync(behavior, cancellationToken);
        try
        {
            await faults.PassAsync(FaultPoints.DatabaseCommandAfter, CommandText, context: null, cancellationToken);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync(); // The caller never sees it; left open it would keep the connection busy.
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
