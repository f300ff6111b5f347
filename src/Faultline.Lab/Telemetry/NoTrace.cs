namespace Faultline.Lab.Telemetry;

/// <summary>What the lab asks of a service is no request of a client: it brings a trace that is marked as not recorded.</summary>
internal static class NoTrace
{
    public const string Header = "traceparent";

    public const string Value = "00-fa017111e0000000000000000000000f-fa017111e000000f-00";
}
