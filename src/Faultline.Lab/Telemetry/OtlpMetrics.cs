namespace Faultline.Lab.Telemetry;

/// <summary>Reads the body of POST /v1/metrics: ExportMetricsServiceRequest of OTLP 1. Gauges, and sums and histograms with delta temporality; what is cumulative is passed over.</summary>
internal static class OtlpMetrics
{
    private const int Gauge = 5, Sum = 7, Histogram = 9;
    private const int Delta = 1;

    /// <summary>The points in it.</summary>
    /// <exception cref="MalformedException">It is no such message.</exception>
    public static List<MetricPoint> Read(ReadOnlySpan<byte> body)
    {
        var points = new List<MetricPoint>();
        var reader = new ProtoReader(body);
        while (reader.Next())
        {
            if (reader.Field == 1) OfResource(reader.Bytes(), points);
            else reader.Skip();
        }

        return points;
    }

    private static void OfResource(ReadOnlySpan<byte> bytes, List<MetricPoint> points)
    {
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
            if (reader.Field == 2) OfScope(reader.Bytes(), source, points);
            else reader.Skip();
        }
    }

    private static void OfScope(ReadOnlySpan<byte> bytes, (string Service, string? Instance) source, List<MetricPoint> points)
    {
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 2) Metric(reader.Bytes(), source, points);
            else reader.Skip();
        }
    }

    private static void Metric(ReadOnlySpan<byte> bytes, (string Service, string? Instance) source, List<MetricPoint> points)
    {
        string name = "";
        var first = new ProtoReader(bytes);
        while (first.Next())
        {
            if (first.Field == 1) name = first.Text();
            else first.Skip();
        }

        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (reader.Field is Gauge or Sum or Histogram) Data(reader.Field, reader.Bytes(), name, source, points);
            else reader.Skip();
        }
    }

    private static void Data(int kind, ReadOnlySpan<byte> bytes, string name, (string Service, string? Instance) source, List<MetricPoint> points)
    {
        ulong temporality = kind == Gauge ? Delta : 0UL;
        var first = new ProtoReader(bytes);
        while (first.Next())
        {
            if (first.Field == 2 && kind != Gauge) temporality = first.Varint();
            else first.Skip();
        }

        if (temporality != Delta) return;

        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (reader.Field != 1) reader.Skip();
            else points.Add(kind == Histogram ? HistogramPoint(reader.Bytes(), name, source) : NumberPoint(reader.Bytes(), name, source, isGauge: kind == Gauge));
        }
    }

    private static MetricPoint NumberPoint(ReadOnlySpan<byte> bytes, string name, (string Service, string? Instance) source, bool isGauge)
    {
        ulong from = 0, to = 0;
        double value = 0;
        var attributes = new Dictionary<string, string>();
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: from = reader.Fixed64(); break;
                case 3: to = reader.Fixed64(); break;
                case 4: value = reader.Double(); break;
                case 6: value = (long)reader.Fixed64(); break;
                case 7: OtlpReader.Attribute(reader.Bytes(), attributes); break;
                default: reader.Skip(); break;
            }
        }

        return new MetricPoint { Service = source.Service, Instance = source.Instance, Name = name, Attributes = attributes, From = OtlpReader.Time(from), To = OtlpReader.Time(to), Value = value, IsGauge = isGauge };
    }

    private static MetricPoint HistogramPoint(ReadOnlySpan<byte> bytes, string name, (string Service, string? Instance) source)
    {
        ulong from = 0, to = 0, count = 0;
        List<ulong> counts = [], bounds = [];
        var attributes = new Dictionary<string, string>();
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: from = reader.Fixed64(); break;
                case 3: to = reader.Fixed64(); break;
                case 4: count = reader.Fixed64(); break;
                case 6: reader.Fixed64s(counts); break;
                case 7: reader.Fixed64s(bounds); break;
                case 9: OtlpReader.Attribute(reader.Bytes(), attributes); break;
                default: reader.Skip(); break;
            }
        }

        return new MetricPoint
        {
            Service = source.Service,
            Instance = source.Instance,
            Name = name,
            Attributes = attributes,
            From = OtlpReader.Time(from),
            To = OtlpReader.Time(to),
            Value = count,
            Bounds = [.. bounds.Select(BitConverter.UInt64BitsToDouble)],
            Counts = [.. counts.Select(each => (long)each)],
        };
    }
}
