using Npgsql;

namespace Orders;

/// <summary>Step 5: tells loyalty about the orders that are in the outbox, until loyalty has taken note of each. What was told and not yet deleted is told again: loyalty counts an order once.</summary>
public sealed class LoyaltyRelay(OrderStore store, Peers peers, ILogger<LoyaltyRelay> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (StoredOrder order in await store.UntoldAsync(stoppingToken))
                {
                    await peers.TellAsync(order, stoppingToken);
                    await store.ToldAsync(order.OrderId, stoppingToken);
                }
            }
            catch (Exception error) when (error is PeerUnavailableException or NpgsqlException)
            {
                log.LogWarning("loyalty is told later: {Reason}", error.Message);
            }

            await Task.Delay(Pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
