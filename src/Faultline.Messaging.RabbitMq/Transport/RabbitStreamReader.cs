using System.Diagnostics;
using Faultline.Messaging.Streams;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>
/// Reads a stream queue over AMQP. The broker silently begins with what it still has when an offset was forgotten, and waits when one lies behind the end: both are found out here and said.
/// Offsets may leave numbers out (the broker's own entries), so a gap alone means nothing: it is compared with the oldest that is kept.
/// </summary>
internal sealed class RabbitStreamReader : IStreamReader
{
    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(3);

    private readonly BrokerConnector _connector;
    private readonly string _stream;
    private StreamStart _start;
    private IConnection? _connection;
    private StreamLine? _line;
    private long? _next;

    private RabbitStreamReader(BrokerConnector connector, string stream, StreamStart start) => (_connector, _stream, _start, _next) = (connector, stream, start, start is StreamStart.At at ? at.Offset : null);

    /// <summary>Begins to read.</summary>
    public static async Task<RabbitStreamReader> OpenAsync(BrokerConnector connector, string stream, StreamStart start, CancellationToken stop)
    {
        RabbitStreamReader reader = new(connector, stream, start);
        try
        {
            await reader.ConnectAsync(stop);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync(); // The connection was opened here, and nobody else knows of it.
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StreamEvent>> ReadAsync(CancellationToken stop) => TransportFailures.TranslateAsync($"reading the stream '{_stream}'", async () =>
    {
        while (true)
        {
            if (_line is null) await ConnectAsync(stop);
            List<StreamEvent> events;
            try
            {
                events = await _line!.ReadAsync(stop);
            }
            catch (Exception error) when (TransportFailures.IsBroker(error))
            {
                await DisposeAsync(); // The next call connects anew and goes on where this one was.
                throw;
            }

            // A chunk is sent whole: what lies before the offset is not asked for.
            if (_next is { } next) events.RemoveAll(item => item.Offset < next);
            if (events.Count == 0) continue;
            if (_next is { } expected && events[0].Offset > expected) await RefuseForgottenAsync(expected, stop);

            _next = events[^1].Offset + 1;
            _start = new StreamStart.At(_next.Value);
            return (IReadOnlyList<StreamEvent>)events;
        }
    }, stop);

    public async ValueTask DisposeAsync()
    {
        _line = null;
        if (_connection is { } connection) await _connector.CloseAsync(connection);
        _connection = null;
    }

    private async Task ConnectAsync(CancellationToken stop)
    {
        await DisposeAsync();
        _connection = await _connector.ConnectAsync($"stream {_stream}", stop);
        await RefuseUndeclaredAsync(_connection, stop);
        if (_next is { } next and > 0) await RefuseBehindTheEndAsync(_connection, next, stop);
        _line = await StreamLine.OpenAsync(_connection, _stream, OffsetOf(_start), stop);
    }

    private async Task RefuseUndeclaredAsync(IConnection connection, CancellationToken stop)
    {
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: stop);
        try
        {
            await channel.QueueDeclarePassiveAsync(_stream, stop);
        }
        catch (OperationInterruptedException error) when (TransportFailures.CodeOf(error) == TransportFailures.NotFound)
        {
            throw new InvalidOperationException($"stream '{_stream}' is not declared; declare the topology first", error);
        }
    }

    // The broker tells no end. Its last chunk comes whole and at once: it reaches up to the offset, or the stream does not.
    private async Task RefuseBehindTheEndAsync(IConnection connection, long next, CancellationToken stop)
    {
        StreamLine line = await StreamLine.OpenAsync(connection, _stream, "last", stop);
        using CancellationTokenSource late = new(EndLimit, _connector.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        long end = 0;
        try
        {
            while (end < next) end = (await line.ReadAsync(either.Token))[^1].Offset + 1;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw StreamRangeException.BehindTheEnd(_stream, next, end);
        }
        finally
        {
            await line.CloseAsync();
        }
    }

    private async Task RefuseForgottenAsync(long expected, CancellationToken stop)
    {
        long first = await FirstAsync(_connection!, stop);
        if (first > expected) throw StreamRangeException.Forgotten(_stream, expected, first);
    }

    /// <summary>The offset of the oldest event; the stream must not be empty.</summary>
    private async Task<long> FirstAsync(IConnection connection, CancellationToken stop)
    {
        StreamLine line = await StreamLine.OpenAsync(connection, _stream, "first", stop);
        using CancellationTokenSource late = new(FirstLimit, _connector.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            return (await line.ReadAsync(either.Token))[0].Offset;
        }
        finally
        {
            await line.CloseAsync();
        }
    }

    private static object OffsetOf(StreamStart start) => start switch
    {
        StreamStart.First => "first",
        StreamStart.Next => "next",
        StreamStart.At at => at.Offset,
        _ => throw new UnreachableException(),
    };
}
