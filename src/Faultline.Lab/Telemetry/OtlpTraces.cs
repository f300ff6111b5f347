namespace Faultline.Lab.Telemetry;

/// <summary>Reads the body of POST /v1/traces: ExportTraceServiceRequest of OTLP 1.</summary>
internal static class OtlpTraces
{
    private const int ErrorStatus = 2;

    private static readonly string[] Kinds = ["internal", "internal", "server", "client", "producer", "consumer"];

    /// <summary>The spans in it.</summary>
    /// <exception cref="MalformedException">It is no such message.</exception>
    public static List<SpanRecord> Read(ReadOnlySpan<byte> body)
    {
        var spans = new List<SpanRecord>();
        var reader = new ProtoReader(body);
        while (reader.Next())
        {
            if (reader.Field == 1) OfResource(reader.Bytes(), spans);
            else reader.Skip();
        }

        return spans;
    }

    private static void OfResource(ReadOnlySpan<byte> bytes, List<SpanRecord> spans)
    {
        // The resource may stand behind what it is told of: it is looked for first.
        (string Service, string? Instance) source = ("unknown", null);
        var first = new ProtoReader(bytes);
        while (first.Next())
        {
            if (first.Field == 1) source = OtlpReader.Resource(first.Bytes());
            else first.Skip();
        }

        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 2) OfScope(reader.Bytes(), source, spans);
            else reader.Skip();
        }
    }

    private static void OfScope(ReadOnlySpan<byte> bytes, (string Service, string? Instance) source, List<SpanRecord> spans)
    {
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 2) spans.Add(Span(reader.Bytes(), source));
            else reader.Skip();
        }
    }

    private static SpanRecord Span(ReadOnlySpan<byte> bytes, (string Service, string? Instance) source)
    {
        string trace = "", id = "", parent = "", name = "";
        ulong kind = 0, from = 0, to = 0;
        bool failed = false;
        var attributes = new Dictionary<string, string>();
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: trace = Convert.ToHexStringLower(reader.Bytes()); break;
                case 2: id = Convert.ToHexStringLower(reader.Bytes()); break;
                case 4: parent = Convert.ToHexStringLower(reader.Bytes()); break;
                case 5: name = reader.Text(); break;
                case 6: kind = reader.Varint(); break;
                case 7: from = reader.Fixed64(); break;
                case 8: to = reader.Fixed64(); break;
                case 9: OtlpReader.Attribute(reader.Bytes(), attributes); break;
                case 15: failed = IsError(reader.Bytes()); break;
                default: reader.Skip(); break;
            }
        }

        return new SpanRecord
        {
            TraceId = trace,
            SpanId = id,
            ParentId = parent.Length == 0 ? null : parent,
            Service = source.Service,
            Instance = source.Instance,
            Name = name,
            Kind = Kinds[kind < (ulong)Kinds.Length ? (int)kind : 0],
            StartedAt = OtlpReader.Time(from),
            DurationMs = to > from ? (to - from) / 1e6 : 0,
            Failed = failed,
            MessageId = attributes.GetValueOrDefault("messaging.message.id"),
            MessageType = attributes.GetValueOrDefault("messaging.message.type"),
            OperationId = attributes.GetValueOrDefault("messaging.message.conversation_id"),
        };
    }

    private static bool IsError(ReadOnlySpan<byte> bytes)
    {
        ulong code = 0;
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 3) code = reader.Varint();
            else reader.Skip();
        }

        return code == ErrorStatus;
    }
}
