namespace Faultline.Lab.Telemetry;

/// <summary>The newest traces, in bounded memory: the oldest trace goes whole when there are too many spans. Thread-safe.</summary>
/// <param name="spansMax">How many spans are kept.</param>
internal sealed class SpanStore(int spansMax = SpanStore.SpansUsual)
{
    /// <summary>About 10 MB.</summary>
    public const int SpansUsual = 20_000;

    /// <summary>A trace with more goes on without them.</summary>
    public const int SpansOfTraceMax = 500;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Trace> _traces = [];
    private readonly Queue<string> _age = new(); // Trace ids, oldest first.
    private readonly Dictionary<string, string> _traceOf = []; // By message id or operation.
    private int _count;

    private sealed class Trace
    {
        public List<SpanRecord> Spans { get; } = [];

        public HashSet<string> Names { get; } = []; // By which it can be found.
    }

    /// <summary>How many spans are kept now.</summary>
    public int Count
    {
        get { lock (_gate) return _count; }
    }

    public void Add(IReadOnlyList<SpanRecord> spans)
    {
        lock (_gate)
        {
            foreach (SpanRecord span in spans) AddNeedsGate(span);
            while (_count > spansMax && _age.TryDequeue(out string? oldest)) ForgetNeedsGate(oldest);
        }
    }

    /// <summary>The spans of the trace that a message or an operation belongs to, oldest first; none when it is not known.</summary>
    /// <param name="name">The id of a message, an operation, or a trace.</param>
    public IReadOnlyList<SpanRecord> Find(string name)
    {
        lock (_gate)
        {
            string id = _traceOf.GetValueOrDefault(name, name);
            return _traces.TryGetValue(id, out Trace? trace) ? [.. trace.Spans.OrderBy(span => span.StartedAt)] : [];
        }
    }

    private void AddNeedsGate(SpanRecord span)
    {
        if (!_traces.TryGetValue(span.TraceId, out Trace? trace))
        {
            _traces[span.TraceId] = trace = new Trace();
            _age.Enqueue(span.TraceId);
        }

        if (trace.Spans.Count >= SpansOfTraceMax) return;

        trace.Spans.Add(span);
        _count++;
        foreach (string name in new[] { span.MessageId, span.OperationId }.OfType<string>())
        {
            if (_traceOf.TryAdd(name, span.TraceId)) trace.Names.Add(name);
        }
    }

    private void ForgetNeedsGate(string id)
    {
        if (!_traces.Remove(id, out Trace? trace)) return;

        _count -= trace.Spans.Count;
        foreach (string name in trace.Names) _traceOf.Remove(name);
    }
}
