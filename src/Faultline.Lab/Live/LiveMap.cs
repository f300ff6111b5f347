using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Faultline.Lab.Control;
using Faultline.Lab.Telemetry;
using Faultline.Protocol;
using Microsoft.Extensions.Logging;

namespace Faultline.Lab.Live;

/// <summary>An event of the stream, as it is sent.</summary>
/// <param name="Type">snapshot, delta, metrics or heartbeat.</param>
/// <param name="Id">From which the stream can be resumed; null for none.</param>
/// <param name="Json">The data.</param>
internal sealed record LiveEvent(string Type, string? Id, string Json);

/// <summary>
/// The map of everything that runs, kept up to date as long as somebody watches, and for some seconds after: then nothing is asked and nothing is drawn. Any number of viewers share the work;
/// one that is slow gets several changes as one, or a whole map, and holds nobody up. Thread-safe.
/// </summary>
internal sealed class LiveMap : IAsyncDisposable
{
    /// <summary>At most four changes a second.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Who asks for the map again and again need not start from nothing.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FirstLookLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private const int FiredMax = 50;
    private const int EpochBytes = 4;

    private readonly Lock _gate = new();
    private readonly ControlPlane _plane;
    private readonly MapSource _source;
    private readonly ILogger _log;
    private readonly LiveRing _ring = new();
    private readonly MapDiff _diff = new();
    private readonly Queue<FiredFault> _fired = new();
    private readonly CancellationTokenSource _over = new();
    private readonly string _epoch = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(EpochBytes));
    private TaskCompletionSource _news = Source();
    private Task _looking = Task.CompletedTask;
    private bool _isLooking;
    private MapView? _view; // Null while nobody looks.
    private string? _lastRun;
    private long _sequence;
    private long _viewedAt;
    private int _viewers;

    public LiveMap(ControlPlane plane, FaultWords words, ILogger<LiveMap> log)
    {
        (_plane, _log) = (plane, log);
        _source = new MapSource(plane, words);
        Metrics = new MetricsReader(plane, _source.Windows);
    }

    /// <summary>The figures over time.</summary>
    public MetricsReader Metrics { get; }

    /// <summary>How many watch now.</summary>
    public int Viewers
    {
        get { lock (_gate) return _viewers; }
    }

    /// <summary>Whether anything is asked and drawn now.</summary>
    public bool IsLooking
    {
        get { lock (_gate) return _isLooking; }
    }

    /// <summary>The map as it is now.</summary>
    public async Task<MapView> LookAsync(CancellationToken stop)
    {
        WakeNow();
        while (true)
        {
            Task news;
            lock (_gate)
            {
                if (_view is { } view) return view;
                news = _news.Task;
            }

            await news.WaitAsync(stop);
        }
    }

    /// <summary>The map, and then each change as it comes, until the viewer goes or the lab ends.</summary>
    /// <param name="last">The id of the last event that the viewer has; null for none.</param>
    /// <param name="withMetrics">Whether the newest figures are told every second.</param>
    /// <param name="stop">The viewer goes.</param>
    public async IAsyncEnumerable<LiveEvent> FollowAsync(string? last, bool withMetrics, [EnumeratorCancellation] CancellationToken stop)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stop, _over.Token);
        using Viewer viewer = new(this);
        await LookAsync(either.Token);
        long? sent = SequenceIn(last);
        long metricsAt = 0, spokenAt = _plane.Time.GetTimestamp();
        while (!either.IsCancellationRequested)
        {
            (LiveEvent? next, Task news) = Next(ref sent);
            if (next is not null)
            {
                yield return next;
                spokenAt = _plane.Time.GetTimestamp();
                continue;
            }

            if (withMetrics && Metrics.SettledSecond != metricsAt)
            {
                metricsAt = Metrics.SettledSecond;
                yield return new LiveEvent("metrics", null, JsonSerializer.Serialize(Metrics.Latest(), ProtocolJson.Options));
                spokenAt = _plane.Time.GetTimestamp();
            }
            else if (_plane.Time.GetElapsedTime(spokenAt) >= Silence)
            {
                yield return new LiveEvent("heartbeat", null, JsonSerializer.Serialize(new { at = _plane.Time.GetUtcNow() }, ProtocolJson.Options));
                spokenAt = _plane.Time.GetTimestamp();
            }

            // Without news there may still be figures or a heartbeat to tell.
            await Task.WhenAny(news, Task.Delay(TimeSpan.FromSeconds(1), _plane.Time, either.Token));
        }
    }

    /// <summary>Ends all streams.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        Task looking;
        lock (_gate) looking = _looking;
        await looking;
    }

    private (LiveEvent? Event, Task News) Next(ref long? sent)
    {
        lock (_gate)
        {
            MapDelta? delta = null;
            if (sent is { } from && _ring.TrySince(from, _sequence, out delta) && delta is null) return (null, _news.Task);

            sent = _sequence;
            LiveEvent next = delta is null
                ? new LiveEvent("snapshot", IdOf(_sequence), JsonSerializer.Serialize(_view, ProtocolJson.Options))
                : new LiveEvent("delta", IdOf(_sequence), JsonSerializer.Serialize(delta, ProtocolJson.Options));
            return (next, _news.Task);
        }
    }

    private string IdOf(long sequence) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_epoch}-{sequence}");

    /// <summary>The number in an id of this map; null for one of an earlier lab, or of nobody.</summary>
    private long? SequenceIn(string? id) => id is not null && id.StartsWith($"{_epoch}-", StringComparison.Ordinal)
        && long.TryParse(id.AsSpan(_epoch.Length + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long sequence) ? sequence : null;

    private void WakeNow()
    {
        lock (_gate)
        {
            _viewedAt = _plane.Time.GetTimestamp();
            if (_isLooking || _over.IsCancellationRequested) return;

            _isLooking = true;
            _looking = Task.Run(LookOnAsync);
        }
    }

    private async Task LookOnAsync()
    {
        try
        {
            using (var first = CancellationTokenSource.CreateLinkedTokenSource(_over.Token))
            {
                first.CancelAfter(FirstLookLimit);
                await _source.AskAllAsync(first.Token);
            }

            using var timer = new PeriodicTimer(Tick, _plane.Time);
            do
            {
                TryDraw();
                _ = _source.AskAllAsync(_over.Token); // Each service answers in its own time; its last answer is what is drawn.
            }
            while (await timer.WaitForNextTickAsync(_over.Token) && !IsForgotten());
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            return; // The lab ends.
        }
    }

    private bool IsForgotten()
    {
        lock (_gate)
        {
            if (_viewers > 0) _viewedAt = _plane.Time.GetTimestamp();
            if (_plane.Time.GetElapsedTime(_viewedAt) <= Linger) return false;

            (_isLooking, _view) = (false, null);
            return true;
        }
    }

    private void TryDraw()
    {
        try
        {
            Draw();
        }
        catch (Exception error)
        {
            // The edge of the background loop: a system may be stopped while it is looked at; the next look is a quarter of a second away.
            LiveLog.LookFailed(_log, error);
        }
    }

    private void Draw()
    {
        (MapView drawn, IReadOnlyList<FiredFault> fired) = _source.Draw();
        TaskCompletionSource told;
        lock (_gate)
        {
            foreach (FiredFault each in fired) _fired.Enqueue(each);
            while (_fired.Count > FiredMax) _fired.Dequeue();
            MapView view = drawn with { Sequence = _sequence + 1, Fired = [.. _fired] };
            RunView? ended = view.Run is null && _lastRun is { } id ? _plane.Runs.Find(id)?.View() : null;
            _lastRun = view.Run?.Id;
            MapDelta? delta = _diff.Next(view, fired, ended);
            if (delta is null && _view is not null) return;

            if (delta is not null) _ring.Add(delta with { Sequence = ++_sequence });
            _view = view with { Sequence = _sequence };
            (told, _news) = (_news, Source());
        }

        told.SetResult();
    }

    private static TaskCompletionSource Source() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Somebody who watches.</summary>
    private sealed class Viewer : IDisposable
    {
        private readonly LiveMap _map;

        public Viewer(LiveMap map)
        {
            _map = map;
            lock (map._gate) map._viewers++;
        }

        public void Dispose()
        {
            lock (_map._gate) _map._viewers--;
        }
    }
}
