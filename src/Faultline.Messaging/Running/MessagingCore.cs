using Faultline.Anomalies;
using Faultline.Messaging.Consuming;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Loops;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Store;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Running;

/// <summary>What a messaging core is made of; the composition (the command line, a test, a simulation) gives it.</summary>
public sealed record MessagingParts
{
    /// <summary>The store in the service's database.</summary>
    public required IMessageStore Store { get; init; }

    /// <summary>The election among the instances of the service.</summary>
    public required ILeaderElection Election { get; init; }

    /// <summary>The broker.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>The fault points of this process.</summary>
    public required FaultPipeline Faults { get; init; }

    /// <summary>The control state of this process.</summary>
    public required ControlPanel Control { get; init; }

    /// <summary>All exchanges, queues and bindings.</summary>
    public required SystemTopology Topology { get; init; }

    /// <summary>The message types of the service.</summary>
    public required MessageCatalogue Catalogue { get; init; }

    /// <summary>The handlers of the service.</summary>
    public required HandlerTable Handlers { get; init; }

    /// <summary>Tells the leader in another process that there is work.</summary>
    public required Action TellLeader { get; init; }

    /// <summary>Where message ids come from; null for ids that nobody can foretell.</summary>
    public Ids? Ids { get; init; }

    /// <summary>Steps on the way out, in order.</summary>
    public IReadOnlyList<IPublishFilter> PublishFilters { get; init; } = [];

    /// <summary>Steps around handlers, outermost first.</summary>
    public IReadOnlyList<IConsumeFilter> ConsumeFilters { get; init; } = [];

    /// <summary>Takes broadcasts other than those of the product: name of the type, and the message.</summary>
    public Func<Envelope, CancellationToken, Task>? OnBroadcast { get; init; }
}

/// <summary>The messaging core of one process: relay, schedule, consumer, control announcements. Thread-safe.</summary>
public sealed class MessagingCore
{
    /// <summary>The type of the announcement that the control state has changed.</summary>
    public const string ControlChanged = "faultline.control-changed";

    /// <summary>The type of the announcement that dead letters were put back.</summary>
    public const string DeadLettersReplayed = "faultline.dead-letters-replayed";

    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TrimPause = TimeSpan.FromMinutes(10);

    private readonly MessagingOptions _options;
    private readonly MessagingParts _parts;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Ids _ids;
    private readonly WorkSignals _signals;
    private readonly HandlingPipeline _pipeline;
    private volatile ConsumerRunner? _consumer;

    /// <summary>Puts a core together; nothing runs before <see cref="RunAsync"/>.</summary>
    /// <param name="options">How it works.</param>
    /// <param name="parts">What it is made of; none of it is disposed here.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it tells what happens.</param>
    /// <exception cref="ArgumentException">Options or topology have problems; all are named.</exception>
    public MessagingCore(MessagingOptions options, MessagingParts parts, TimeProvider time, ILogger log)
    {
        string[] problems = [.. options.Problems(), .. parts.Topology.Problems()];
        if (problems.Length > 0) throw new ArgumentException(string.Join("; ", problems), nameof(options));

        _options = options;
        _parts = parts;
        _time = time;
        _log = log;
        _ids = parts.Ids ?? new Ids(time);
        _signals = new WorkSignals(parts.TellLeader);
        var context = new MessagingContext(options.Service, parts.Catalogue, _ids, time);
        var publisher = new Publisher(parts.Transport, parts.Faults, parts.Control, parts.PublishFilters, _signals, _ids, log);
        _pipeline = new HandlingPipeline(parts.Store, publisher, parts.Handlers, parts.ConsumeFilters, parts.Faults, parts.Control, context, options.Consumer, log);
        Units = new Units(parts.Store, publisher, parts.Control, context);
    }

    /// <summary>Runs work that does not come from a message.</summary>
    public Units Units { get; }

    /// <summary>Messages in hand of this instance's consumer.</summary>
    public int InHand => _consumer?.InHand ?? 0;

    /// <summary>Declares the topology and reads the control state: after it, and not before, messages may be published and consumed.</summary>
    /// <param name="stop">Ends the wait.</param>
    public async Task PrepareAsync(CancellationToken stop)
    {
        await _parts.Control.RefreshAsync(stop);
        await _parts.Transport.DeclareAsync(_parts.Topology, stop);
        _parts.Control.Announce = AnnounceAsync;
    }

    /// <summary>Runs until stopped.</summary>
    /// <param name="stop">The end of the process.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        var leader = new Leader(_parts.Election, _parts.Store, _parts.Transport, _parts.Faults, _parts.Control, _signals, _ids, _options, _time, _log);
        bool consumes = _parts.Topology.Services.Any(service => service.Service == _options.Service && service.Consumes.Count > 0);
        await Task.WhenAll(
            KeepAsync(leader.RunAsync, stop),
            consumes ? KeepAsync(ConsumeAsync, stop) : Task.CompletedTask,
            KeepAsync(ListenAsync, stop),
            KeepAsync(_parts.Control.RunAsync, stop),
            KeepAsync(TrimAsync, stop));
    }

    /// <summary>Tells all instances of the service that dead letters were put back among the parked rows.</summary>
    /// <param name="stop">Ends the wait.</param>
    public Task TellReplayedAsync(CancellationToken stop) => BroadcastAsync(_options.Service, DeadLettersReplayed, default, stop);

    /// <summary>Sends a message to every instance of a service.</summary>
    /// <param name="service">As <c>system/service</c>.</param>
    /// <param name="type">The type.</param>
    /// <param name="body">The body.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task BroadcastAsync(string service, string type, ReadOnlyMemory<byte> body, CancellationToken stop) => _parts.Transport.BroadcastAsync(
        service,
        new Envelope { Id = _ids.Next(), Type = type, Version = 1, Publisher = _options.Service, Time = _time.GetUtcNow(), Digest = BodyDigest.Of(body.Span), Body = body },
        stop);

    private async Task ConsumeAsync(CancellationToken stop)
    {
        var consumer = new ConsumerRunner(_parts.Store, _parts.Transport, _pipeline, _parts.Faults, _parts.Control, _options.Service, _options.Instance, _options.Consumer, _ids, _time, _log);
        _consumer = consumer;
        try
        {
            await consumer.RunAsync(stop);
        }
        finally
        {
            _consumer = null;
        }
    }

    private Task AnnounceAsync(long version, CancellationToken stop) => BroadcastAsync(_options.Service, ControlChanged, BitConverter.GetBytes(version), stop);

    private async Task ListenAsync(CancellationToken stop)
    {
        await using ITemporaryQueue queue = await _parts.Transport.OpenTemporaryQueueAsync(_options.Service, _options.Instance, stop);
        await _parts.Control.RefreshAsync(stop);
        while (await queue.Messages.WaitToReadAsync(stop))
        {
            while (queue.Messages.TryRead(out Envelope? message)) await TakeBroadcastAsync(message, stop);
        }
    }

    private async ValueTask TakeBroadcastAsync(Envelope message, CancellationToken stop)
    {
        if (message.Type == ControlChanged && message.Body.Length == sizeof(long)) await _parts.Control.OnAnnouncedAsync(BitConverter.ToInt64(message.Body.Span), stop);
        else if (message.Type == DeadLettersReplayed) _consumer?.LanesMayHaveChanged();
        else if (_parts.OnBroadcast is { } take) await take(message, stop);
    }

    private async Task TrimAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(TrimPause, _time, stop);
            while (await _parts.Store.TrimAsync(_options.Consumer.InboxKept, stop) > 0)
            {
                // Small batches, so that no transaction grows long; the next one follows at once.
            }
        }
    }

    /// <summary>The edge of a background loop: what fails is told, and the loop starts anew after a pause.</summary>
    private async Task KeepAsync(Func<CancellationToken, Task> run, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await run(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                MessagingLog.LoopFailed(_log, error);
            }

            await Task.Delay(RestartPause, _time, stop).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
