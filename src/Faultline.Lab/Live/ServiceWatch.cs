using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Live;

/// <summary>What a service said of itself last.</summary>
/// <param name="Answers">Whether it answered the last time; what is here is older when it did not.</param>
/// <param name="State">How much is under way.</param>
/// <param name="GuardsOff">The guards that are switched off.</param>
/// <param name="Anomalies">The anomalies that are set.</param>
internal sealed record ServiceLook(bool Answers, MessagingState? State, IReadOnlyList<string> GuardsOff, IReadOnlyList<Anomaly> Anomalies)
{
    public static ServiceLook None { get; } = new(Answers: false, null, [], []);
}

/// <summary>Asks one service from time to time how it does, as long as somebody watches. Thread-safe.</summary>
/// <param name="client">Speaks to it.</param>
/// <param name="time">The clock.</param>
/// <param name="fired">Gets what fired since the last time.</param>
internal sealed class ServiceWatch(ServiceClient client, TimeProvider time, Action<IReadOnlyList<Firing>> fired)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan Usually = TimeSpan.FromSeconds(1);

    /// <summary>A fault that fires is shown soon.</summary>
    private static readonly TimeSpan WhileBroken = TimeSpan.FromMilliseconds(400);

    private readonly Lock _gate = new();
    private Task _asking = Task.CompletedTask;
    private long _askedAt;
    private bool _isAsked;
    private long _lastFiring;
    private string _anomaliesKnown = "";
    private volatile ServiceLook _last = ServiceLook.None;

    public ServiceLook Last => _last;

    /// <summary>Asks again when it is time; returns what ends with the answer.</summary>
    public Task PollAsync(CancellationToken stop)
    {
        lock (_gate)
        {
            TimeSpan pause = _last.Anomalies.Count > 0 ? WhileBroken : Usually;
            if (!_asking.IsCompleted || (_isAsked && time.GetElapsedTime(_askedAt) < pause)) return _asking;

            (_askedAt, _isAsked) = (time.GetTimestamp(), true);
            return _asking = AskAsync(stop);
        }
    }

    private async Task AskAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AnswerLimit);
        try
        {
            Task<MessagingState> state = client.StateAsync(limit.Token);
            Task<IReadOnlyList<GuardState>> guards = client.GuardsAsync(limit.Token);
            Task<IReadOnlyList<Anomaly>> anomalies = client.AnomaliesAsync(limit.Token);
            await Task.WhenAll(state, guards, anomalies);
            _last = new ServiceLook(Answers: true, await state, [.. (await guards).Where(guard => !guard.On).Select(guard => guard.Name)], await anomalies);
            await TellFiringsAsync(limit.Token);
        }
        catch (Exception error) when (error is LabException or ServiceRefusedException or HttpRequestException or IOException or OperationCanceledException or System.Text.Json.JsonException or ObjectDisposedException)
        {
            // It is down, paused or starting, or its system has been stopped: what it said before is shown as old.
            _last = _last with { Answers = false };
        }
    }

    /// <summary>Reads on only where something about the anomalies has changed. A read that fails, as that of a process that a fault has just killed, is made again with the next look.</summary>
    private async Task TellFiringsAsync(CancellationToken stop)
    {
        string anomalies = string.Join(' ', _last.Anomalies.Select(anomaly => $"{anomaly.Id}:{anomaly.Fired}"));
        if (anomalies == _anomaliesKnown) return;

        IReadOnlyList<Firing> news = await client.FiringsAsync(_lastFiring, stop);
        _anomaliesKnown = anomalies;
        if (news.Count == 0) return;

        _lastFiring = news[^1].Id;
        fired(news);
    }
}
