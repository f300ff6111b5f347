using System.Data;
using Faultline.Messaging.PostgreSql.Store;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>
/// Hears the notifications of a channel on a connection of its own. A session that waited for them itself would have to break off its wait for each settlement, which costs more than the settlement.
/// </summary>
internal sealed class QueueEar : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly CancellationTokenSource _over = new();
    private Task _listening = Task.CompletedTask;

    private QueueEar(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Connects and listens.</summary>
    /// <param name="source">Where.</param>
    /// <param name="channel">To what.</param>
    /// <param name="heard">Told of each notification: who sent it, and what it says. Must not throw.</param>
    /// <param name="deaf">Told once when the connection has broken.</param>
    /// <param name="stop">Gives up connecting.</param>
    public static async Task<QueueEar> OpenAsync(NpgsqlDataSource source, string channel, Action<int, string> heard, Action<Exception> deaf, CancellationToken stop)
    {
        QueueEar ear = new(await source.OpenConnectionAsync(stop));
        try
        {
            ear._connection.Notification += (_, told) => heard(told.PID, told.Payload);
            await using (NpgsqlCommand listen = new($"listen {channel}", ear._connection)) await listen.ExecuteNonQueryAsync(stop);
            ear._listening = Task.Run(() => ear.ListenAsync(deaf), CancellationToken.None);
            return ear;
        }
        catch
        {
            await ear.DisposeAsync(); // The connection was opened here; nobody else would give it back.
            throw;
        }
    }

    /// <summary>Stops listening. A pooled connection outlives it: the listening is undone, or the connection is closed for good.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _listening;
        try
        {
            await using NpgsqlCommand unlisten = new("unlisten *", _connection);
            if (_connection.FullState == ConnectionState.Open) await unlisten.ExecuteNonQueryAsync();
        }
        catch (Exception error) when (TransportFailures.IsBroker(error) || error is InvalidOperationException)
        {
            NpgsqlConnection.ClearPool(_connection);
        }

        await _connection.DisposeAsync();
        _over.Dispose();
    }

    private async Task ListenAsync(Action<Exception> deaf)
    {
        try
        {
            await Notifications.ListenAsync(_connection, _over.Token);
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error)
        {
            deaf(error); // The loop's edge: the session that listens ends, and the next one connects anew.
        }
    }
}
