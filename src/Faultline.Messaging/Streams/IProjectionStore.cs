using System.Data.Common;

namespace Faultline.Messaging.Streams;

/// <summary>Keeps the offsets of projections in the database in which their rows are. All members are thread-safe.</summary>
public interface IProjectionStore
{
    /// <summary>The offset at which a projection goes on; null when it has none.</summary>
    /// <param name="projection">Its name.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="Store.StoreException">The database was not reached.</exception>
    Task<long?> OffsetAsync(string projection, CancellationToken stop);

    /// <summary>Begins the transaction for some events, and notes their ids.</summary>
    /// <param name="projection">Its name.</param>
    /// <param name="expected">The offset at which it stands according to the caller; null for none.</param>
    /// <param name="ids">The ids of the messages, in order.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The open transaction; null when the projection stands elsewhere: somebody else moves it, or it is being rebuilt.</returns>
    /// <exception cref="Store.StoreException">The database was not reached.</exception>
    Task<IProjectionUnit?> BeginAsync(string projection, long? expected, IReadOnlyList<Guid> ids, CancellationToken stop);

    /// <summary>Forgets the offset and the ids of a projection, together with its rows. It then begins anew.</summary>
    /// <param name="projection">The projection.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="Store.StoreException">The database was not reached.</exception>
    Task ClearAsync(Projection projection, CancellationToken stop);

    /// <summary>Removes old ids, a small batch at a time.</summary>
    /// <param name="kept">How long they are kept: longer than a message can be sent again after.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>How many were removed.</returns>
    Task<int> TrimAsync(TimeSpan kept, CancellationToken stop);
}

/// <summary>One transaction of a projection. Disposed without a commit, everything is undone.</summary>
public interface IProjectionUnit : IAsyncDisposable
{
    /// <summary>Which of the messages are new to the projection, in the order in which they were given.</summary>
    IReadOnlyList<bool> IsNew { get; }

    /// <summary>The connection.</summary>
    DbConnection Connection { get; }

    /// <summary>The transaction.</summary>
    DbTransaction Transaction { get; }

    /// <summary>Stores the offset, and commits.</summary>
    /// <param name="next">Where the projection goes on.</param>
    /// <param name="stop">Ends the wait; the outcome is unknown then.</param>
    Task CommitAsync(long next, CancellationToken stop);
}
