using Faultline.Anomalies.Hosting.Control;
using Faultline.Protocol.Faults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Faultline.Anomalies.Hosting;

/// <summary>What an application says about itself when it adds anomalies. Whatever it leaves open comes from the section <c>Faultline</c> of its configuration, such as the environment variable <c>Faultline__ControlToken</c>.</summary>
public sealed class AnomaliesOptions
{
    /// <summary>The name of the section of the configuration.</summary>
    public const string Section = "Faultline";

    private const int NameMax = 60;

    /// <summary>The name of the service, for lists and firings.</summary>
    /// <value>From <c>Faultline:Service</c>; otherwise the name of the application. 1 to 200 characters.</value>
    public string Service { get; set; } = string.Empty;

    /// <summary>The name of this instance, unique among those of the service: an anomaly can be narrowed to it.</summary>
    /// <value>From <c>Faultline:Instance</c>; otherwise the service and the process id. 1 to 60 letters, digits, dots and dashes.</value>
    public string Instance { get; set; } = string.Empty;

    /// <summary>The secret that callers of the endpoints send as bearer token. Null or empty: the endpoints do not exist, and nothing can be set.</summary>
    /// <value>From <c>Faultline:ControlToken</c>; otherwise null. At least 16 characters.</value>
    public string? ControlToken { get; set; }

    /// <summary>
    /// Where the endpoints answer, on a port of their own. An application without an HTTP server needs it; one that has a server answers there too, and with this set only here.
    /// </summary>
    /// <value>From <c>Faultline:ControlUrl</c>, such as <c>http://127.0.0.1:5099</c>; otherwise null.</value>
    public string? ControlUrl { get; set; }

    /// <summary>A file in which anomalies, their counters and firings outlive the process, a crash included. Of one instance only.</summary>
    /// <value>From <c>Faultline:StateFile</c>; otherwise null: the state is in memory, and a crash takes it along.</value>
    public string? StateFile { get; set; }

    /// <summary>Where the state is kept in place of memory or file; for several instances that must agree, a store that they share.</summary>
    /// <value>Null.</value>
    public IControlStore? Store { get; set; }

    /// <summary>Names beside localhost, 127.0.0.1 and [::1] under which the endpoints answer; without port.</summary>
    public IList<string> Hosts { get; } = [];

    /// <summary>The fault points that the application's own code passes, from <see cref="OwnPoint.Declare"/>.</summary>
    public IList<FaultPoint> Points { get; } = [];

    /// <summary>The types of the messages that the application publishes; anomalies on them can be narrowed to one.</summary>
    public IList<string> Publishes { get; } = [];

    /// <summary>The types of the messages that the application consumes.</summary>
    public IList<string> Consumes { get; } = [];

    /// <summary>Paths whose requests no anomaly hits, with everything below them.</summary>
    /// <value><c>/health</c>, <c>/healthz</c>, <c>/alive</c>, <c>/metrics</c>; the endpoints of the anomalies themselves are never hit.</value>
    public IList<string> ExemptPaths { get; } = ["/health", "/healthz", "/alive", "/metrics"];

    /// <summary>Everything that is wrong, each with what is allowed; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        if (Service.Length is 0 or > 200) yield return $"the service is named '{Service}'; it must have 1 to 200 characters";
        if (Instance.Length is 0 or > NameMax || !Instance.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.'))
        {
            yield return $"Faultline:Instance is '{Instance}'; it must have 1 to {NameMax} letters, digits, dots and dashes";
        }

        if (ControlUrl is { } url && !IsHttp(url)) yield return $"Faultline:ControlUrl is '{url}'; it must be like http://127.0.0.1:5099";
        if (Store is not null && StateFile is not null) yield return "both a store and Faultline:StateFile are given; choose one";
        foreach (string path in ExemptPaths.Where(path => path.Length < 2 || path[0] != '/' || path[^1] == '/')) yield return $"the exempt path '{path}' must begin with '/' and not end with it";
        foreach (string name in Points.CountBy(point => point.Name).Where(count => count.Value > 1).Select(count => count.Key)) yield return $"the fault point '{name}' is given twice";
        foreach (FaultPoint point in Points.Where(point => point.OwnKinds is null)) yield return $"the fault point '{point.Name}' is one of the product's own; the points of an application come from OwnPoint.Declare";

        foreach (string problem in Control().Problems()) yield return problem;
    }

    /// <summary>Who may change anomalies over HTTP.</summary>
    internal ControlOptions Control() => new() { Token = ControlToken, Hosts = [.. Hosts] };

    /// <summary>Takes what code says, and for the rest the configuration.</summary>
    internal static AnomaliesOptions Read(IConfiguration configuration, IHostEnvironment environment, Action<AnomaliesOptions>? configure)
    {
        IConfigurationSection section = configuration.GetSection(Section);
        string service = section["Service"] is { Length: > 0 } named ? named : environment.ApplicationName;
        var options = new AnomaliesOptions { Service = service, ControlToken = section["ControlToken"], ControlUrl = section["ControlUrl"], StateFile = section["StateFile"], Instance = section["Instance"] ?? string.Empty };
        configure?.Invoke(options);
        if (options.Instance.Length == 0) options.Instance = UsualInstance(options.Service);
        string[] problems = [.. options.Problems()];
        return problems.Length == 0 ? options : throw new InvalidOperationException(string.Join("; ", problems));
    }

    private static string UsualInstance(string service)
    {
        string last = service[(service.LastIndexOf('/') + 1)..];
        string clean = new([.. last.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' ? letter : '-')]);
        return $"{clean[..Math.Min(clean.Length, NameMax - 12)]}-{Environment.ProcessId}";
    }

    private static bool IsHttp(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme == "http" && uri.AbsolutePath == "/";
}
