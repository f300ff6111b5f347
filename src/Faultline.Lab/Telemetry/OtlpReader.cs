namespace Faultline.Lab.Telemetry;

/// <summary>What all signals of OTLP have in common: who tells, and attributes.</summary>
internal static class OtlpReader
{
    /// <summary>Nobody nests values deeper; a hostile message shall not exhaust the stack.</summary>
    private const int DepthMax = 8;

    /// <summary>The resource: whose telemetry it is.</summary>
    public static (string Service, string? Instance) Resource(ReadOnlySpan<byte> bytes)
    {
        var attributes = new Dictionary<string, string>();
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 1) Attribute(reader.Bytes(), attributes);
            else reader.Skip();
        }

        return (attributes.GetValueOrDefault("service.name", "unknown"), attributes.GetValueOrDefault("service.instance.id"));
    }

    /// <summary>Adds a key with its value as text; lists and maps are passed over.</summary>
    public static void Attribute(ReadOnlySpan<byte> bytes, Dictionary<string, string> to)
    {
        string key = "";
        string? value = null;
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: key = reader.Text(); break;
                case 2: value = Value(reader.Bytes(), DepthMax); break;
                default: reader.Skip(); break;
            }
        }

        if (value is not null) to[key] = value;
    }

    public static DateTimeOffset Time(ulong nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks((long)Math.Min(nanoseconds / 100, (ulong)(DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks));

    private static string? Value(ReadOnlySpan<byte> bytes, int depth)
    {
        if (depth == 0) return null;

        string? value = null;
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: value = reader.Text(); break;
                case 2: value = reader.Varint() != 0 ? "true" : "false"; break;
                case 3: value = ((long)reader.Varint()).ToString(System.Globalization.CultureInfo.InvariantCulture); break;
                case 4: value = reader.Double().ToString(System.Globalization.CultureInfo.InvariantCulture); break;
                default: reader.Skip(); break;
            }
        }

        return value;
    }
}
