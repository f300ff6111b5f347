using System.Collections.Concurrent;
using Faultline.Messaging.Publishing;
using Microsoft.EntityFrameworkCore;

namespace Faultline.Hosting.Data;

/// <summary>Makes a <c>DbContext</c> for a unit of work: on its connection, inside its transaction, saved before its commit. Thread-safe.</summary>
/// <typeparam name="TContext">The service's context; it has a constructor that takes its options.</typeparam>
public sealed class DbContexts<TContext>
    where TContext : DbContext
{
    private readonly DbContextOptions<TContext> _options = new DbContextOptionsBuilder<TContext>().UseNpgsql().Options;
    private readonly ConcurrentDictionary<Type, Func<DbContextOptions<TContext>, TContext>> _make = new();

    /// <summary>A context for one unit; its changes are saved when the handler has returned.</summary>
    /// <param name="unit">The unit of work.</param>
    public TContext For(UnitOfWork unit)
    {
        TContext context = Make()(_options);
        context.Database.SetDbConnection(unit.Connection, contextOwnsConnection: false);
        if (unit.Transaction is { } transaction) context.Database.UseTransaction(transaction);
        unit.OnCompleting(async stop =>
        {
            // A failure here undoes the whole unit: a savepoint would be two round trips for nothing. The handler's own saves keep theirs.
            context.Database.AutoSavepointsEnabled = false;
            await context.SaveChangesAsync(stop);
            await context.DisposeAsync();
        });
        return context;
    }

    /// <summary>A context for reading only, outside of any unit.</summary>
    /// <param name="database">Connections to the service's database.</param>
    public TContext ForReading(Npgsql.NpgsqlDataSource database)
    {
        TContext context = Make()(new DbContextOptionsBuilder<TContext>().UseNpgsql(database).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);
        return context;
    }

    private Func<DbContextOptions<TContext>, TContext> Make() => _make.GetOrAdd(typeof(TContext), type =>
    {
        System.Reflection.ConstructorInfo constructor = type.GetConstructor([typeof(DbContextOptions<TContext>)])
            ?? throw new InvalidOperationException($"{type.Name} needs a constructor that takes DbContextOptions<{type.Name}>");
        return options => (TContext)constructor.Invoke([options]);
    });
}
