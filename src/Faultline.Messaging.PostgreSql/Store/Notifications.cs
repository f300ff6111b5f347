using Npgsql;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>Listening for notifications on a connection that does nothing else.</summary>
internal static class Notifications
{
    /// <summary>Raises the connection's notifications until it is told to stop, or the connection breaks.</summary>
    /// <remarks>
    /// The client library loses a cancellation that comes while a wait begins: it has looked at the token, and then makes its own source of cancellations anew for the read. (Measured: one in
    /// 3,000 that were aimed at that moment, and the wait never ended.) A wait has begun when the call returns, so the word to stop waits for that. A time limit on the wait would be no way out:
    /// one that ends in the middle of a notification leaves the rest of it in the connection, where it is taken for the next message.
    /// </remarks>
    /// <param name="connection">Must not be used otherwise meanwhile. Usable again afterwards when it was told to stop.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    /// <exception cref="NpgsqlException">The connection broke.</exception>
    public static async Task ListenAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        using CancellationTokenSource over = new();
        Lock beginning = new();
        using CancellationTokenRegistration told = stop.Register(() =>
        {
            lock (beginning) over.Cancel();
        });
        while (true)
        {
            Task wait;
            lock (beginning) wait = connection.WaitAsync(over.Token);
            await wait;
        }
    }
}
