using System.Diagnostics.Metrics;

namespace Faultline.Hosting.Figures;

/// <summary>Counts what this process has handled and published, by the instruments of the messaging core. An addition for each message; nothing while there is none. Thread-safe.</summary>
internal sealed class MessageTotals : IDisposable
{
    private const string Meter = "Faultline.Messaging", Handled = "faultline.messages.handled", Published = "faultline.messages.published";
    private const string Outcome = "outcome", Failed = "failed";

    private readonly MeterListener _listener = new();
    private long _in, _out;

    public MessageTotals()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Meter && instrument.Name is Handled or Published) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => Add(instrument.Name, count, tags));
        _listener.Start();
    }

    /// <summary>Messages handled to the end.</summary>
    public long In => Interlocked.Read(ref _in);

    /// <summary>Messages of committed transactions.</summary>
    public long Out => Interlocked.Read(ref _out);

    public void Dispose() => _listener.Dispose();

    private void Add(string instrument, long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument == Published)
        {
            Interlocked.Add(ref _out, count);
            return;
        }

        foreach (KeyValuePair<string, object?> tag in tags) if (tag.Key == Outcome && tag.Value is Failed) return;
        Interlocked.Add(ref _in, count);
    }
}
