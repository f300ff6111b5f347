namespace TicketFlow.Communication.Mail.Smtp;

/// <summary>
/// Keeps letters from waiting for a mail server that does not answer: after a failure one letter in a while finds out whether it is back, and the others are told at once, so that they take no time
/// from the messages beside them. Thread-safe.
/// </summary>
/// <param name="pause">How long after a failure the next letter may try.</param>
/// <param name="attemptMax">How long an attempt may take.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerWatch(TimeSpan pause, TimeSpan attemptMax, TimeProvider time)
{
    private readonly Lock _gate = new();
    private string? _failure;
    private DateTimeOffset _nextTryAt;

    /// <summary>Why a letter need not try now; null when it may.</summary>
    public string? Refusal()
    {
        lock (_gate)
        {
            if (_failure is null) return null;

            DateTimeOffset now = time.GetUtcNow();
            if (now < _nextTryAt) return $"Not tried: a moment ago it was: {_failure}";

            // Whoever asks now finds out; the others wait for what comes of it.
            _nextTryAt = now + attemptMax + pause;
            return null;
        }
    }

    /// <summary>The server has done its work.</summary>
    public void Answered()
    {
        lock (_gate) _failure = null;
    }

    /// <summary>The server has not.</summary>
    public void Failed(string failure)
    {
        lock (_gate) (_failure, _nextTryAt) = (failure, time.GetUtcNow() + pause);
    }
}
