using Npgsql;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>Listening for notifications on a connection that does nothing else.</summary>
internal static class Notifications
{
    // The client library loses a cancellation that comes in the moment in which a wait begins to read: measured, 1 in 3,000 that were aimed at that moment. The wait after it sees the token.
    private static readonly TimeSpan LostCancellation = TimeSpan.FromSeconds(1);

    /// <summary>Raises the connection's notifications until it is told to stop, or the connection breaks.</summary>
    /// <param name="connection">Must not be used otherwise meanwhile. Usable again afterwards when it was told to stop.</param>
    /// <param name="stop">Ends it, at once in all but rare cases, and within a second in those.</param>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    /// <exception cref="NpgsqlException">The connection broke.</exception>
    public static async Task ListenAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        while (true)
        {
            await connection.WaitAsync(LostCancellation, stop);
            stop.ThrowIfCancellationRequested();
        }
    }
}
