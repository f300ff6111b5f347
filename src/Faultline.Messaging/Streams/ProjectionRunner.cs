using System.Runtime.ExceptionServices;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Streams;

/// <summary>
/// Moves one projection along its stream: (1) read events, (2) begin a transaction, which checks that nobody else has moved the projection, and notes the messages, (3) change rows for those that are
/// new, (4) store the offset and commit. A crash anywhere undoes the events in hand, and they are read again. Any number may run at once: one of them moves it, the others begin anew where it stands.
/// </summary>
public sealed class ProjectionRunner
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TrimPause = TimeSpan.FromMinutes(10);

    private readonly Projection _projection;
    private readonly string _stream;
    private readonly IEventStreams _streams;
    private readonly IProjectionStore _store;
    private readonly MessageCatalogue _catalogue;
    private readonly HashSet<string> _types;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>Puts it together; nothing runs before <see cref="RunAsync"/>.</summary>
    /// <param name="projection">What to move.</param>
    /// <param name="stream">Along which stream.</param>
    /// <param name="streams">The broker.</param>
    /// <param name="store">The database of its rows.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to tell.</param>
    public ProjectionRunner(Projection projection, string stream, IEventStreams streams, IProjectionStore store, TimeProvider time, ILogger log)
    {
        (_projection, _stream, _streams, _store, _time, _log) = (projection, stream, streams, store, time, log);
        _catalogue = new MessageCatalogue(projection.Messages);
        _types = [.. projection.Messages.Select(message => MessageCatalogue.ContractOf(message).Type)];
    }

    /// <summary>How long the ids of messages are remembered, so that what relays send again has no second effect.</summary>
    /// <value>7 days, as for an inbox.</value>
    public TimeSpan IdsKept { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often a projection that has nothing to do looks whether it was cleared, or moved by somebody else.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Runs until stopped; what fails is told, and tried again after a growing pause.</summary>
    /// <param name="stop">The end of the process.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan pause = PauseMin;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await FollowAsync(stop) > 0) pause = PauseMin;
                else pause = Longer(pause); // Somebody else moves it: this one looks again, ever more rarely.
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The loop's edge. Whatever it was, nothing of it is committed; what cannot be handled holds the projection up, for passing over it would make its rows wrong.
                StreamLog.ProjectionHeldUp(_log, _projection.Name, _stream, error is StoreException or TransportException or StreamRangeException ? error.Message : error.ToString());
                pause = Longer(pause);
            }

            await Task.Delay(pause, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Removes the projection's rows and lets it begin anew, also where it runs at this moment.</summary>
    /// <param name="stop">Ends the wait.</param>
    public Task RebuildAsync(CancellationToken stop) => _store.ClearAsync(_projection, stop);

    /// <summary>Follows the stream until somebody else has moved the projection; the number of batches that were committed here.</summary>
    private async Task<int> FollowAsync(CancellationToken stop)
    {
        long? offset = await _store.OffsetAsync(_projection.Name, stop);
        await using IStreamReader reader = await _streams.OpenStreamAsync(_stream, offset is { } at ? new StreamStart.At(at) : _projection.Start, stop);
        long trimmed = _time.GetTimestamp();
        for (int batches = 0; ; batches++)
        {
            IReadOnlyList<StreamEvent>? events = await ReadAsync(reader, offset, stop);
            if (events is null) return batches;

            // What stands before an event that cannot be read is not held up by it.
            (List<(StreamEvent Event, IMessage Payload)> wanted, long next, Exception? unreadable) = Decode(events);
            if (next > events[0].Offset && !await ApplyAsync(wanted, offset, next, stop)) return batches;
            if (unreadable is not null) ExceptionDispatchInfo.Throw(unreadable);

            offset = next;
            if (_time.GetElapsedTime(trimmed) < TrimPause) continue;

            trimmed = _time.GetTimestamp();
            while (await _store.TrimAsync(IdsKept, stop) > 0)
            {
                // Small batches, so that no transaction grows long; the next one follows at once.
            }
        }
    }

    // Null when the projection is somewhere else meanwhile.
    private async Task<IReadOnlyList<StreamEvent>?> ReadAsync(IStreamReader reader, long? offset, CancellationToken stop)
    {
        while (true)
        {
            using var late = new CancellationTokenSource(LookInterval, _time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
            try
            {
                return await reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
            {
                if (await _store.OffsetAsync(_projection.Name, stop) != offset) return null;
            }
        }
    }

    private async Task<bool> ApplyAsync(List<(StreamEvent Event, IMessage Payload)> wanted, long? expected, long next, CancellationToken stop)
    {
        await using IProjectionUnit? unit = await _store.BeginAsync(_projection.Name, expected, [.. wanted.Select(item => item.Event.Message!.Id)], stop);
        if (unit is null) return false;

        for (int index = 0; index < wanted.Count; index++)
        {
            (StreamEvent item, IMessage payload) = wanted[index];
            if (unit.IsNew[index]) await _projection.ChangeAsync(payload, new ProjectedEvent(item.Offset, item.Message!, unit.Connection, unit.Transaction), stop);
        }

        await unit.CommitAsync(next, stop);
        return true;
    }

    // Before the transaction: no lock is held meanwhile. Ends at the first event that cannot be read here, though perhaps by a newer build.
    private (List<(StreamEvent Event, IMessage Payload)> Wanted, long Next, Exception? Unreadable) Decode(IReadOnlyList<StreamEvent> events)
    {
        List<(StreamEvent, IMessage)> wanted = [];
        foreach (StreamEvent item in events)
        {
            if (item.Message is not { IsIntact: true } message)
            {
                // Nobody will ever be able to read it; no newer build would, either.
                StreamLog.EventDamaged(_log, item.Offset, _stream, item.Malformed ?? "its body is not the one that was stored");
                continue;
            }

            if (!_types.Contains(message.Type) || message.IsInjected) continue;

            try
            {
                wanted.Add((item, _catalogue.Decode(message)));
            }
            catch (UndecodableException unreadable)
            {
                return (wanted, item.Offset, unreadable);
            }
        }

        return (wanted, events[^1].Offset + 1, null);
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < PauseMax ? pause * 2 : PauseMax;
}
