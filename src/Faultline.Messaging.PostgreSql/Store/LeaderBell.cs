using System.Threading.Channels;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>
/// Tells the leader in another process that there is work: a NOTIFY outside of any business transaction (inside, it would serialise commits), at most one per
/// <see cref="Pause"/>. A lost one costs at most the leader's safety interval. Thread-safe.
/// </summary>
/// <param name="database">The service's database.</param>
/// <param name="time">The clock.</param>
public sealed class LeaderBell(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The shortest time between two notifications: 3 ms.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Asks for a notification; cheap.</summary>
    public void Ring() => _rung.Writer.TryWrite(true);

    /// <summary>Sends what is asked for until stopped.</summary>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (await _rung.Reader.WaitToReadAsync(stop))
            {
                _rung.Reader.TryRead(out _);
                await NotifyAsync(stop);
                await Task.Delay(Pause, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task NotifyAsync(CancellationToken stop)
    {
        try
        {
            await using NpgsqlCommand notify = database.CreateCommand($"select pg_notify('{PostgresElection.Channel}', '')");
            await notify.ExecuteNonQueryAsync(stop);
        }
        catch (Exception error) when (Failures.IsConnectionFailure(error))
        {
            // The leader looks by itself every few seconds.
            return;
        }
    }
}
