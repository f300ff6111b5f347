using System.Threading.Channels;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Ledger;

namespace TicketFlow.Tests.Whole;

/// <summary>
/// A broker in memory that gives messages out in an order that a seed decides: of one publisher and key as they were sent, as a broker promises, and everything else in any order. Some come twice, some are given
/// out again before they were acknowledged, queues wait for messages to others, and whole queues stand still until they are let go.
/// </summary>
internal sealed class ShuffledBroker : IDisposable
{
    /// <summary>When nothing has moved for so long, whoever waits for a message to others waits in vain.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(40);

    /// <summary>A service that is working on what the late ones wait for is given so many times as long.</summary>
    private const int LatePatience = 50;

    private const int WaitsMax = 6;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue> _queues = [];
    private Random _chance = new(0);
    private SystemTopology? _topology;
    private readonly Timer _patience;
    private bool _moved;
    private int _still;
    private long _tag;

    public ShuffledBroker() => _patience = new Timer(_ => EndOneWait(), state: null, Patience, Patience);

    /// <summary>How many messages were given out more often than once.</summary>
    public int Repeated { get; private set; }

    public ITransport Connect() => new Endpoint(this);

    public void Dispose() => _patience.Dispose();

    /// <summary>Begins a new order.</summary>
    /// <param name="seed">Decides it.</param>
    /// <param name="mayStand">Of these queues about half stand still.</param>
    /// <param name="late">Of every second order: what this publisher sends to this consumer waits there until something of another publisher has been handled.</param>
    public void Shuffle(int seed, IEnumerable<string> mayStand, (string Consumer, string Publisher) late)
    {
        lock (_gate)
        {
            _chance = new Random(seed);
            foreach (string service in mayStand) QueueOf(service).Stands = _chance.Next(2) == 0;
            foreach (Queue queue in _queues.Values) queue.Waits = Wait();
            QueueOf(late.Consumer).Late = seed % 2 == 0 ? $"{late.Publisher}/" : null;
        }
    }

    /// <summary>Lets everything go that stands still.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            foreach (Queue queue in _queues.Values)
            {
                queue.Stands = false;
                Pump(queue);
            }
        }
    }

    /// <summary>Whether there is nothing left to give out, and everything is acknowledged.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _queues.Values.All(queue => queue.Lanes.Count == 0 && queue.Given is null);
        }
    }

    private Queue QueueOf(string service) => _queues.TryGetValue(service, out Queue? queue) ? queue : _queues[service] = new Queue();

    private void Send(Envelope message)
    {
        lock (_gate)
        {
            foreach (Route route in _topology!.Routes.Where(route => route.Publisher == message.Publisher && route.Type == message.Type))
            {
                Queue queue = QueueOf(route.Consumer);
                Put(queue, $"{message.Publisher}/{message.Key}", message, isAgain: false);
            }

            _moved = true;
            foreach (Queue queue in _queues.Values)
            {
                if (queue.Waits > 0) queue.Waits--;
                Pump(queue);
            }
        }
    }

    private void Put(Queue queue, string lane, Envelope message, bool isAgain)
    {
        if (!queue.Lanes.TryGetValue(lane, out LinkedList<Delivery>? waiting)) queue.Lanes[lane] = waiting = new LinkedList<Delivery>();
        waiting.AddLast(new Delivery(++_tag, 0, isAgain, message));
    }

    /// <summary>Gives the next message of a queue out: the head of any of its lanes.</summary>
    private void Pump(Queue queue)
    {
        if (queue.Given is not null || queue.Stands || queue.Waits > 0 || queue.Reader is not { } reader) return;

        KeyValuePair<string, LinkedList<Delivery>>[] open = [.. queue.Lanes.Where(lane => queue.Late is not { } late || !lane.Key.StartsWith(late, StringComparison.Ordinal))];
        if (open.Length == 0) return;

        (string lane, LinkedList<Delivery> waiting) = open[_chance.Next(open.Length)];
        Delivery next = waiting.First!.Value;
        queue.Given = (lane, next);
        reader.TryWrite(new SubscriptionEvent.Delivered([next]));
        if (_chance.Next(4) != 0) return;

        Repeated++;
        reader.TryWrite(new SubscriptionEvent.Delivered([next with { Redelivered = true }])); // At once, while the first is in hand.
    }

    private void Settle(Queue queue, IReadOnlyList<Delivery> deliveries)
    {
        lock (_gate)
        {
            foreach (Delivery delivery in deliveries)
            {
                if (queue.Given is not var (lane, given) || given.Tag != delivery.Tag) continue; // Settled before.

                LinkedList<Delivery> waiting = queue.Lanes[lane];
                waiting.RemoveFirst();
                if (waiting.Count == 0) queue.Lanes.Remove(lane);
                queue.Given = null;
                queue.Late = null;
                queue.Waits = Wait();
                _moved = true;
                if (!given.Redelivered && _chance.Next(4) == 0)
                {
                    Repeated++;
                    Put(queue, $"again/{given.Tag}", given.Message!, isAgain: true); // Some time later, after others.
                }
            }

            Pump(queue);
        }
    }

    private int Wait() => _chance.Next(2) == 0 ? 0 : _chance.Next(1, WaitsMax);

    private void EndOneWait()
    {
        lock (_gate)
        {
            _still = _moved ? 0 : _still + 1;
            _moved = false;
            Queue[] waiting = [.. _queues.Values.Where(queue => queue.Waits > 0 || (queue.Late is not null && _still > LatePatience))];
            if (_still == 0 || waiting.Length == 0) return;

            Queue next = waiting[_chance.Next(waiting.Length)];
            next.Waits = 0;
            if (_still > LatePatience) next.Late = null;
            Pump(next);
        }
    }

    private void Requeue(Queue queue)
    {
        lock (_gate)
        {
            queue.Given = null;
            Pump(queue);
        }
    }

    private sealed class Queue
    {
        public Dictionary<string, LinkedList<Delivery>> Lanes { get; } = [];

        public ChannelWriter<SubscriptionEvent>? Reader { get; set; }

        public (string Lane, Delivery Delivery)? Given { get; set; }

        public bool Stands { get; set; }

        /// <summary>For how many messages to anybody it waits.</summary>
        public int Waits { get; set; }

        /// <summary>How the lanes begin that wait for others; null for none.</summary>
        public string? Late { get; set; }
    }

    private sealed class Endpoint(ShuffledBroker broker) : ITransport
    {
        public string Name => "shuffled";

        public TransportTraits Traits { get; } = new() { OrdersByKey = true, FlagsRedelivery = true, TemporaryQueues = true, SendsInFlight = 1 };

        public Task DeclareAsync(SystemTopology topology, CancellationToken stop)
        {
            broker._topology = topology;
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<SendOutcome>> SendAsync(IReadOnlyList<Envelope> batch, CancellationToken stop)
        {
            foreach (Envelope message in batch) broker.Send(message);
            return Task.FromResult<IReadOnlyList<SendOutcome>>([.. batch.Select(_ => SendOutcome.Confirmed)]);
        }

        public Task<ISubscription> SubscribeAsync(string service, string instance, int unsettledMax, CancellationToken stop)
        {
            lock (broker._gate)
            {
                Queue queue = broker.QueueOf(service);
                var events = Channel.CreateUnbounded<SubscriptionEvent>();
                for (int partition = 0; partition < broker._topology!.Partitions; partition++) events.Writer.TryWrite(new SubscriptionEvent.Gained(partition));
                queue.Reader = events.Writer;
                queue.Given = null;
                broker.Pump(queue);
                return Task.FromResult<ISubscription>(new Subscription(broker, queue, events));
            }
        }

        public Task BroadcastAsync(string service, Envelope message, CancellationToken stop) => Task.CompletedTask;

        public Task<ITemporaryQueue> OpenTemporaryQueueAsync(string service, string instance, CancellationToken stop) => Task.FromResult<ITemporaryQueue>(new Silent());

        public Task<QueueDepth> DepthAsync(string service, CancellationToken stop) => Task.FromResult(default(QueueDepth));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Subscription(ShuffledBroker broker, Queue queue, Channel<SubscriptionEvent> events) : ISubscription
    {
        public ChannelReader<SubscriptionEvent> Events => events.Reader;

        public Task AckAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop)
        {
            broker.Settle(queue, deliveries);
            return Task.CompletedTask;
        }

        public Task RequeueAsync(IReadOnlyList<Delivery> deliveries, CancellationToken stop)
        {
            broker.Requeue(queue);
            return Task.CompletedTask;
        }

        public Task ReleaseAsync(int partition, CancellationToken stop) => Task.CompletedTask;

        public ValueTask DisposeAsync()
        {
            lock (broker._gate) queue.Reader = null;
            events.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Nobody broadcasts here.</summary>
    private sealed class Silent : ITemporaryQueue
    {
        private readonly Channel<Envelope> _nothing = Channel.CreateUnbounded<Envelope>();

        public ChannelReader<Envelope> Messages => _nothing.Reader;

        public ValueTask DisposeAsync()
        {
            _nothing.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }
    }
}
