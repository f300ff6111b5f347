using Faultline.Messaging.Transport;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Messages that were sent together, and what became of each. Changed under the gate of its ledger.</summary>
internal sealed class SendBatch(int count)
{
    private readonly SendOutcome?[] _outcomes = new SendOutcome?[count];
    private readonly TaskCompletionSource<IReadOnlyList<SendOutcome>> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    /// <summary>Completes when the broker has answered for each.</summary>
    public Task<IReadOnlyList<SendOutcome>> Answered => _answered.Task;

    /// <summary>Notes that no queue took a message; its confirm follows.</summary>
    public void ReturnNeedsGate(int index) => _outcomes[index] ??= SendOutcome.Unroutable;

    /// <summary>Notes the answer for a message.</summary>
    public void AnswerNeedsGate(int index, SendOutcome outcome)
    {
        _outcomes[index] ??= outcome;
        if (--_left == 0) _answered.TrySetResult([.. _outcomes.Select(each => each!.Value)]);
    }

    /// <summary>The outcome of all that is open is unknown.</summary>
    public void Fail(Exception why) => _answered.TrySetException(why);
}

/// <summary>Which sends of a channel the broker has not answered yet. Thread-safe, pure memory.</summary>
internal sealed class ConfirmLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, (SendBatch Batch, int Index)> _open = [];
    private ulong _next = 1;
    private ulong _lowest = 1;
    private Exception? _broken;

    /// <summary>How many are not answered.</summary>
    public int OpenCount
    {
        get
        {
            lock (_gate) return _open.Count;
        }
    }

    /// <summary>Enters a send; the result is its number on the channel.</summary>
    public ulong Add(SendBatch batch, int index)
    {
        lock (_gate)
        {
            if (_broken is { } why) throw new TransportException("the connection to the broker has ended", why);

            _open[_next] = (batch, index);
            return _next++;
        }
    }

    /// <summary>The broker has answered for a number, or for all up to it.</summary>
    public void Answer(ulong number, bool multiple, SendOutcome outcome)
    {
        lock (_gate)
        {
            if (!multiple) AnswerNeedsGate(number, outcome);
            else while (_lowest <= number) AnswerNeedsGate(_lowest++, outcome);

            while (_lowest < _next && !_open.ContainsKey(_lowest)) _lowest++;
        }
    }

    /// <summary>No queue took a message.</summary>
    public void Return(ulong number)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(number, out (SendBatch Batch, int Index) send)) send.Batch.ReturnNeedsGate(send.Index);
        }
    }

    /// <summary>Nothing will be answered any more.</summary>
    public void Break(Exception why)
    {
        SendBatch[] failed;
        lock (_gate)
        {
            _broken ??= why;
            failed = [.. _open.Values.Select(send => send.Batch).Distinct()];
            _open.Clear();
        }

        foreach (SendBatch batch in failed) batch.Fail(why);
    }

    private void AnswerNeedsGate(ulong number, SendOutcome outcome)
    {
        if (_open.Remove(number, out (SendBatch Batch, int Index) send)) send.Batch.AnswerNeedsGate(send.Index, outcome);
    }
}
