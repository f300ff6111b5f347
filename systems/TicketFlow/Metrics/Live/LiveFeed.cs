using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace TicketFlow.Metrics.Live;

/// <summary>The live figures as JSON for many viewers: written once for all of them, and only while somebody looks. Thread-safe.</summary>
/// <param name="figures">What is shown.</param>
/// <param name="json">How it is written.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveFeed(LiveFigures figures, IOptions<JsonOptions> json, TimeProvider time)
{
    /// <summary>Viewers who follow at the same time, at most.</summary>
    public const int ViewersMax = 100;

    /// <summary>A viewer gets no more than one snapshot in this time.</summary>
    public static readonly TimeSpan PushGap = TimeSpan.FromSeconds(1);

    /// <summary>A viewer who got nothing for this long gets a sign of life.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>How old what viewers share may be: their looks fall on different moments.</summary>
    private static readonly TimeSpan SharedFor = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private string? _shared;
    private long _sharedAt;
    private int _viewers;

    /// <summary>Takes a place among the viewers.</summary>
    /// <returns>False when there is none; otherwise <see cref="Leave"/> gives it back.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _viewers) <= ViewersMax) return true;

        Leave();
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _viewers);

    /// <summary>What is known now; the same object as before while nothing has changed.</summary>
    public string Current()
    {
        lock (_gate)
        {
            if (_shared is not null && time.GetElapsedTime(_sharedAt) < SharedFor) return _shared;

            _sharedAt = time.GetTimestamp();
            string now = JsonSerializer.Serialize(figures.Snapshot(), json.Value.SerializerOptions);
            return _shared = now == _shared ? _shared : now;
        }
    }

    /// <summary>What is known now, and then whenever it has changed, at most once in <see cref="PushGap"/>; null as a sign of life.</summary>
    /// <param name="gone">Ends it.</param>
    public async IAsyncEnumerable<string?> FollowAsync([EnumeratorCancellation] CancellationToken gone)
    {
        string? last = null;
        long toldAt = 0;
        while (true)
        {
            string now = Current();
            if (!ReferenceEquals(now, last) || time.GetElapsedTime(toldAt) >= KeepAlive)
            {
                yield return ReferenceEquals(now, last) ? null : now;
                (last, toldAt) = (now, time.GetTimestamp());
            }

            await Task.Delay(PushGap, time, gone);
        }
    }
}
