using System.Threading.Channels;
using Faultline.Messaging.Streams;
using Faultline.Messaging.Transport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>
/// Reads the table of events upwards. Offsets have no gaps and become visible in their order, so the event at the next offset is there, or not yet there, or forgotten. Waits for notifications.
/// </summary>
internal sealed class PostgreSqlStreamReader : IStreamReader
{
    // Notifications wake it; the rare look is for one that was lost.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private const int RowsMax = 200;

    private const string Find =
        """
        select s.id, s.next_offset, coalesce((select min(at_offset) from faultline_queue.stream_event e where e.stream_id = s.id), s.next_offset)
        from faultline_queue.stream s where s.name = $1
        """;

    // One statement, one snapshot: a row that is missing at the front was forgotten, whatever happens meanwhile.
    private static readonly string Fetch =
        $"""
        select e.at_offset, 0::smallint, {MessageReader.Columns[(MessageReader.Columns.IndexOf("message_id", StringComparison.Ordinal))..]}
        from (select $1::integer as id, $2::bigint as next) f
        join faultline_queue.stream_event e on e.stream_id = f.id and e.at_offset >= f.next
        order by e.at_offset limit {RowsMax}
        """;

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;
    private readonly string _stream;
    private readonly int _id;
    private readonly Channel<bool> _heard = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private QueueEar? _ear;
    private volatile bool _isDeaf;
    private long _next;

    // Begins with whatever is kept: what is forgotten before the first read was not asked for.
    private bool _takesWhatIsKept;

    private PostgreSqlStreamReader(NpgsqlDataSource source, TimeProvider time, string stream, int id, long next) => (_source, _time, _stream, _id, _next) = (source, time, stream, id, next);

    /// <summary>Begins to read.</summary>
    public static async Task<PostgreSqlStreamReader> OpenAsync(NpgsqlDataSource source, TimeProvider time, string stream, StreamStart start, CancellationToken stop)
    {
        (int id, long first, long end) = await FindAsync(source, stream, stop);
        long next = start switch
        {
            StreamStart.First => first,
            StreamStart.Next => end,
            StreamStart.At at when at.Offset > end => throw StreamRangeException.BehindTheEnd(stream, at.Offset, end),
            StreamStart.At at when at.Offset < first => throw StreamRangeException.Forgotten(stream, at.Offset, first),
            StreamStart.At at => at.Offset,
            _ => throw new ArgumentException($"there is no start '{start}'", nameof(start)),
        };
        return new PostgreSqlStreamReader(source, time, stream, id, next) { _takesWhatIsKept = start is StreamStart.First };
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StreamEvent>> ReadAsync(CancellationToken stop) => TransportFailures.TranslateIdempotentAsync($"reading the stream '{_stream}'", async () =>
    {
        while (true)
        {
            await ListenAsync(stop);
            List<StreamEvent> events = await FetchAsync(stop);
            if (events.Count > 0)
            {
                if (events[0].Offset != _next && !_takesWhatIsKept) throw StreamRangeException.Forgotten(_stream, _next, events[0].Offset);

                _takesWhatIsKept = false;
                _next = events[^1].Offset + 1;
                return (IReadOnlyList<StreamEvent>)events;
            }

            await CheckAsync(stop);
            await WaitAsync(stop);
        }
    });

    public async ValueTask DisposeAsync()
    {
        if (_ear is not null) await _ear.DisposeAsync();
        _ear = null;
    }

    private static async Task<(int Id, long First, long End)> FindAsync(NpgsqlDataSource source, string stream, CancellationToken stop)
    {
        await using NpgsqlCommand command = source.CreateCommand(Find);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = stream });
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(stop);
        return await row.ReadAsync(stop)
            ? (row.GetInt32(0), row.GetInt64(2), row.GetInt64(1))
            : throw new InvalidOperationException($"stream '{stream}' is not declared; declare the topology first");
    }

    // Before the look: what comes after it is then heard.
    private async Task ListenAsync(CancellationToken stop)
    {
        if (_ear is not null && !_isDeaf) return;

        await DisposeAsync();
        _isDeaf = false;
        _ear = await QueueEar.OpenAsync(_source, QueueSignals.Channel(-_id), (_, _) => _heard.Writer.TryWrite(true), _ => BecomeDeaf(), stop);
    }

    private void BecomeDeaf()
    {
        _isDeaf = true;
        _heard.Writer.TryWrite(true);
    }

    private async Task<List<StreamEvent>> FetchAsync(CancellationToken stop)
    {
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync(stop);
        await using NpgsqlCommand command = new(Fetch, connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = _id });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _next });
        await command.PrepareAsync(stop);
        List<StreamEvent> events = [];
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync(stop);
        while (await rows.ReadAsync(stop))
        {
            Delivery read = MessageReader.Read(rows);
            events.Add(new StreamEvent(read.Tag, read.Message, read.Malformed));
        }

        return events;
    }

    // Nothing at or after the next offset: either the end of the stream, or all of it was forgotten.
    private async Task CheckAsync(CancellationToken stop)
    {
        (int id, long first, long end) = await FindAsync(_source, _stream, stop);
        if (id != _id || _next > end) throw StreamRangeException.BehindTheEnd(_stream, _next, end);
        if (_takesWhatIsKept) _next = Math.Max(_next, first);
        if (_next < first) throw StreamRangeException.Forgotten(_stream, _next, first);
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        using var late = new CancellationTokenSource(LookInterval, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        Task<bool> waiting = _heard.Reader.WaitToReadAsync(either.Token).AsTask();
        await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
        _heard.Reader.TryRead(out _);
    }
}
