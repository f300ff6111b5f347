using System.Globalization;

namespace Faultline.Lab.Supervisor;

/// <summary>One service instance: what to start and how to see that it is well.</summary>
/// <remarks>
/// In arguments and environment values <c>{port}</c> stands for the port.
/// </remarks>
public sealed record InstanceSpec
{
    /// <summary>The system, such as <c>ticketflow</c>.</summary>
    public required string System { get; init; }

    /// <summary>The service, such as <c>tickets</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The number of the instance within its service, from 1.</summary>
    public int Ordinal { get; init; } = 1;

    /// <summary>The full path of the program.</summary>
    public required string Executable { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Added to the lab's own environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Its working folder; the lab's own when not given.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>The port on 127.0.0.1.</summary>
    /// <value>0: the supervisor chooses a free one, and another one when a start finds it taken.</value>
    public int HttpPort { get; init; }

    /// <summary>What to GET in order to learn its health; any 2xx is healthy.</summary>
    /// <value>Null: it is healthy as soon as it runs.</value>
    public string? HealthPath { get; init; } = "/health/ready";

    /// <summary>Whether it is healthy only when something accepts connections on its port; for a program without a health path.</summary>
    public bool WaitsForPort { get; init; }

    /// <summary>How long it may take to end after SIGTERM before it is killed.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait before an instance that ended unasked is started again.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan RestartDelayMax { get; init; } = RestartPolicy.DelayMax;

    /// <summary>Whether the program ends by itself when its standard input ends, which is how it notices that the lab is gone.</summary>
    /// <value>True. False for programs that know nothing of the lab: their input is empty, and they get SIGINT, SIGQUIT and SIGKILL when the lab is gone.</value>
    public bool EndsWithInput { get; init; } = true;

    /// <summary>The service with its system: <c>ticketflow/tickets</c>.</summary>
    public string ServiceTarget => $"{System}/{Service}";

    /// <summary>The instance: <c>ticketflow/tickets-1</c>.</summary>
    public string Target => string.Create(CultureInfo.InvariantCulture, $"{System}/{Service}-{Ordinal}");

    /// <summary>What is wrong with it; all problems at once.</summary>
    public IEnumerable<string> Problems()
    {
        if (Ordinal < 1) yield return $"{Target}: the ordinal is {Ordinal}; it must be 1 or more";
        if (HttpPort is < 0 or > 65_535) yield return $"{Target}: the port is {HttpPort}; it must be 0 to 65535";
        if (HealthPath is not null && !HealthPath.StartsWith('/')) yield return $"{Target}: the health path is '{HealthPath}'; it must start with /";
        if (!File.Exists(Executable)) yield return $"{Target}: there is no program '{Executable}'";
    }
}
