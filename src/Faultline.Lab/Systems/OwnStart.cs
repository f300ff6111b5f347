using System.Globalization;
using Faultline.Lab.Supervisor;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using Npgsql;

namespace Faultline.Lab.Systems;

/// <summary>Makes an instance of a program of the user's own ready to start: fills in where it listens, where its data goes, and how it reaches what it calls.</summary>
/// <param name="program">The program.</param>
/// <param name="service">As experiments name it.</param>
/// <param name="off">Its guards that are off.</param>
/// <param name="dataRoot">The folder that holds the data folders of all instances.</param>
internal sealed class OwnStart(OwnProgram program, ServiceDescription service, IReadOnlyList<string> off, string dataRoot)
{
    /// <summary>The services that it calls and that speak something else than HTTP, by their last names.</summary>
    public IReadOnlySet<string> TcpCalls { get; init; } = new HashSet<string>();

    /// <summary>The instance, ready to start.</summary>
    /// <param name="instance">Who it is, with its port.</param>
    /// <param name="name">Its name, as <c>orders-1</c>.</param>
    /// <param name="ways">How it reaches each end of its links: host and port.</param>
    /// <param name="database">The connection string of its database; null for none.</param>
    public InstanceSpec Ready(InstanceSpec instance, string name, IReadOnlyDictionary<string, string> ways, string? database)
    {
        string data = Path.Combine(dataRoot, name);
        Directory.CreateDirectory(data);
        Dictionary<string, string> values = ValuesOf(name, data, ways, database);
        var environment = new Dictionary<string, string>(program.Environment);
        foreach ((string key, string value) in off.SelectMany(guard => program.GuardsOff[guard])) environment[key] = value;
        return instance with
        {
            Executable = program.Executable!,
            Arguments = [.. program.Arguments.Select(Filled)],
            Environment = environment.ToDictionary(pair => pair.Key, pair => Filled(pair.Value)),
            WorkingFolder = program.WorkingFolder,
            HealthPath = program.HealthPath,
            WaitsForPort = program.HealthPath is null && service.Listens,
            GracePeriod = program.StopLimit,
            EndsWithInput = false,
        };

        // {port} stays: the supervisor knows it.
        string Filled(string text) => Placeholders.Fill(text, placeholder => values.GetValueOrDefault(placeholder));
    }

    private Dictionary<string, string> ValuesOf(string name, string data, IReadOnlyDictionary<string, string> ways, string? database)
    {
        var values = new Dictionary<string, string> { ["instance"] = name, ["data"] = data };
        foreach ((string end, string way) in ways)
        {
            bool isHttp = service.Upstreams.FirstOrDefault(upstream => upstream.Name == end)?.IsHttp ?? !TcpCalls.Contains(end);
            values[$"link.{end}"] = isHttp ? $"http://{way}" : way;
            values[$"link.{end}.port"] = way[(way.LastIndexOf(':') + 1)..];
        }

        if (database is null) return values;

        var parts = new NpgsqlConnectionStringBuilder(database);
        values["database"] = UrlOf(parts);
        values["database.host"] = parts.Host ?? "";
        values["database.port"] = parts.Port.ToString(CultureInfo.InvariantCulture);
        values["database.name"] = parts.Database ?? "";
        values["database.user"] = parts.Username ?? "";
        values["database.password"] = parts.Password ?? "";
        return values;
    }

    /// <summary>A connection string as other languages write it.</summary>
    public static string UrlOf(NpgsqlConnectionStringBuilder parts) =>
        string.Create(CultureInfo.InvariantCulture, $"postgresql://{Uri.EscapeDataString(parts.Username ?? "")}:{Uri.EscapeDataString(parts.Password ?? "")}@{parts.Host}:{parts.Port}/{parts.Database}");
}
