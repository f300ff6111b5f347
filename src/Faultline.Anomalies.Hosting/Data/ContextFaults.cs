using System.Data.Common;
using Faultline.Protocol.Faults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Faultline.Anomalies.Hosting.Data;

/// <summary>The fault points of EF Core: its commands, its saves and its commits. Contexts that come from the container have it by themselves; others add it to their options with <c>AddInterceptors</c>.</summary>
/// <param name="faults">The points around a database client.</param>
public sealed class ContextFaults(DatabaseFaults faults) : IDbCommandInterceptor, IDbTransactionInterceptor, ISaveChangesInterceptor
{
    /// <inheritdoc />
    public InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result) => Before(command, eventData, result);

    /// <inheritdoc />
    public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        BeforeAsync(command, eventData, result, cancellationToken);

    /// <inheritdoc />
    public InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result) => Before(command, eventData, result);

    /// <inheritdoc />
    public ValueTask<InterceptionResult<object>> ScalarExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default) =>
        BeforeAsync(command, eventData, result, cancellationToken);

    /// <inheritdoc />
    public InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) => Before(command, eventData, result);

    /// <inheritdoc />
    public ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        BeforeAsync(command, eventData, result, cancellationToken);

    /// <inheritdoc />
    public DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        try
        {
            return After(command, eventData, result);
        }
        catch
        {
            result.Dispose(); // EF Core does not know it yet; an open reader would keep the connection busy for whoever comes next.
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        try
        {
            return await AfterAsync(command, eventData, result, cancellationToken);
        }
        catch
        {
            await result.DisposeAsync(); // As above.
            throw;
        }
    }

    /// <inheritdoc />
    public object? ScalarExecuted(DbCommand command, CommandExecutedEventData eventData, object? result) => After(command, eventData, result);

    /// <inheritdoc />
    public ValueTask<object?> ScalarExecutedAsync(DbCommand command, CommandExecutedEventData eventData, object? result, CancellationToken cancellationToken = default) =>
        AfterAsync(command, eventData, result, cancellationToken);

    /// <inheritdoc />
    public int NonQueryExecuted(DbCommand command, CommandExecutedEventData eventData, int result) => After(command, eventData, result);

    /// <inheritdoc />
    public ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default) =>
        AfterAsync(command, eventData, result, cancellationToken);

    /// <inheritdoc />
    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        Pass(FaultPoints.DatabaseCommitBefore, eventData);
        return result;
    }

    /// <inheritdoc />
    public async ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        await PassAsync(FaultPoints.DatabaseCommitBefore, eventData, cancellationToken);
        return result;
    }

    /// <inheritdoc />
    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Pass(FaultPoints.DatabaseCommitAfter, eventData);

    /// <inheritdoc />
    public async Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        await PassAsync(FaultPoints.DatabaseCommitAfter, eventData, cancellationToken);

    /// <inheritdoc />
    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Pass(FaultPoints.DatabaseSaveBefore, eventData);
        return result;
    }

    /// <inheritdoc />
    public async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await PassAsync(FaultPoints.DatabaseSaveBefore, eventData, cancellationToken);
        return result;
    }

    /// <inheritdoc />
    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Pass(FaultPoints.DatabaseSaveAfter, eventData);
        return result;
    }

    /// <inheritdoc />
    public async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        await PassAsync(FaultPoints.DatabaseSaveAfter, eventData, cancellationToken);
        return result;
    }

    // Each asks first: an idle point does not even look for the name of the context.
    private void Pass(FaultPoint point, DbContextEventData data)
    {
        if (faults.IsArmed(point)) faults.Pass(point, sql: null, NameOf(data));
    }

    private ValueTask PassAsync(FaultPoint point, DbContextEventData data, CancellationToken stop) => faults.IsArmed(point) ? faults.PassAsync(point, sql: null, NameOf(data), stop) : ValueTask.CompletedTask;

    private static string? NameOf(DbContextEventData data) => data.Context?.GetType().Name;

    private T Before<T>(DbCommand command, CommandEventData data, T result)
    {
        if (faults.IsArmed(FaultPoints.DatabaseCommandBefore)) faults.Pass(FaultPoints.DatabaseCommandBefore, command.CommandText, NameOf(data));
        return result;
    }

    private T After<T>(DbCommand command, CommandEventData data, T result)
    {
        if (faults.IsArmed(FaultPoints.DatabaseCommandAfter)) faults.Pass(FaultPoints.DatabaseCommandAfter, command.CommandText, NameOf(data));
        return result;
    }

    private ValueTask<T> BeforeAsync<T>(DbCommand command, CommandEventData data, T result, CancellationToken stop) => PassAsync(FaultPoints.DatabaseCommandBefore, command, data, result, stop);

    private ValueTask<T> AfterAsync<T>(DbCommand command, CommandEventData data, T result, CancellationToken stop) => PassAsync(FaultPoints.DatabaseCommandAfter, command, data, result, stop);

    private async ValueTask<T> PassAsync<T>(FaultPoint point, DbCommand command, CommandEventData data, T result, CancellationToken stop)
    {
        if (faults.IsArmed(point)) await faults.PassAsync(point, command.CommandText, NameOf(data), stop);
        return result;
    }
}

/// <summary>Adds the fault points to every context that the container makes, whenever it was registered.</summary>
/// <typeparam name="TContext">The context.</typeparam>
internal sealed class ContextConfiguration<TContext>(ContextFaults faults) : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) => optionsBuilder.AddInterceptors(faults);
}
