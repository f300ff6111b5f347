using Faultline.Messaging.Transport;

namespace Faultline.Conformance.Transport;

/// <summary>How a consumer of a test behaves.</summary>
public sealed record Manners
{
    /// <summary>Acknowledges what it gets, at once.</summary>
    public bool Acks { get; init; } = true;

    /// <summary>Releases what is revoked, at once.</summary>
    public bool Releases { get; init; } = true;

    public int UnsettledMax { get; init; } = 100;
}

/// <summary>Reads a subscription's events and keeps them.</summary>
public sealed class Consumer : IAsyncDisposable
{
    private readonly Manners _manners;
    private readonly Lock _gate = new();
    private readonly List<SubscriptionEvent> _events = [];
    private readonly List<Delivery> _deliveries = [];
    private readonly SortedSet<int> _owned = [];
    private readonly Task _running;
    private readonly Action<Delivery>? _seen;

    public Consumer(ISubscription subscription, Manners manners, Action<Delivery>? seen = null)
    {
        (Subscription, _manners, _seen) = (subscription, manners, seen);
        _running = Task.Run(RunAsync);
    }

    public ISubscription Subscription { get; }

    public IReadOnlyList<SubscriptionEvent> Events
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    public IReadOnlyList<Delivery> Deliveries
    {
        get
        {
            lock (_gate) return [.. _deliveries];
        }
    }

    /// <summary>What it owns and is not giving up.</summary>
    public IReadOnlyList<int> Owned
    {
        get
        {
            lock (_gate) return [.. _owned];
        }
    }

    public IReadOnlyList<string> Texts => [.. Deliveries.Select(TestSystem.TextOf)];

    public async ValueTask DisposeAsync()
    {
        await Subscription.DisposeAsync();
        await _running;
    }

    private async Task RunAsync()
    {
        await foreach (SubscriptionEvent happened in Subscription.Events.ReadAllAsync())
        {
            Keep(happened);
            try
            {
                if (happened is SubscriptionEvent.Delivered delivered && _manners.Acks) await Subscription.AckAsync(delivered.Deliveries, CancellationToken.None);
                if (happened is SubscriptionEvent.Revoking revoking && _manners.Releases) await Subscription.ReleaseAsync(revoking.Partition, CancellationToken.None);
            }
            catch (TransportException)
            {
                continue; // What was not acknowledged comes again.
            }
        }
    }

    private void Keep(SubscriptionEvent happened)
    {
        lock (_gate)
        {
            _events.Add(happened);
            switch (happened)
            {
                case SubscriptionEvent.Gained gained:
                    _owned.Add(gained.Partition).ShouldBeTrue($"partition {gained.Partition} was gained twice");
                    break;
                case SubscriptionEvent.Revoking revoking:
                    _owned.Remove(revoking.Partition).ShouldBeTrue($"partition {revoking.Partition} was revoked and not owned");
                    break;
                case SubscriptionEvent.Lost lost:
                    _owned.Remove(lost.Partition);
                    break;
                case SubscriptionEvent.Delivered delivered:
                    _deliveries.AddRange(delivered.Deliveries);
                    foreach (Delivery delivery in delivered.Deliveries)
                    {
                        _owned.Contains(delivery.Partition).ShouldBeTrue($"a delivery came of partition {delivery.Partition}, which is not owned");
                        _seen?.Invoke(delivery);
                    }

                    break;
            }
        }
    }
}
