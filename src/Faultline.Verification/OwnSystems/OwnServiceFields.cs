using System.Globalization;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Faultline.Verification.Experiments;
using YamlDotNet.RepresentationModel;

namespace Faultline.Verification.OwnSystems;

/// <summary>The services of a system file.</summary>
internal sealed class OwnServiceFields(string system)
{
    private const int TextLengthMax = 4_000;
    private const int ServicesMax = 50;
    private const int DatabaseNameMax = 30;

    /// <summary>Ends of links that mean something else.</summary>
    private static readonly string[] Reserved = [LinkDescription.Client, LinkDescription.Database, LinkDescription.Broker, "all"];

    private static readonly string[] DatabaseNames = ["database", "database.host", "database.port", "database.name", "database.user", "database.password"];
    private static readonly string[] Protocols = ["http", "tcp", "none"];

    public IReadOnlyList<OwnServiceConfig> Read(Fields fields)
    {
        if (!fields.Has("services")) fields.Problems.Add(fields.Line, "services is missing; it must be a mapping of names to services");
        if (fields.Map("services") is not { } map) return [];

        (string Name, YamlNode Value)[] entries = [.. map.Entries()];
        if (entries.Length is 0 or > ServicesMax) map.Problems.Add(map.Line, $"services has {entries.Length} entries; it must have 1 to {ServicesMax}");
        var services = new List<OwnServiceConfig>();
        foreach ((string name, _) in entries)
        {
            OwnSystemReader.CheckName(map, name, name);
            if (Reserved.Contains(name)) map.Problem(name, "is a name that means an end of links or all services; choose another");
            if (map.Map(name) is { } service) services.Add(Service(service, name, [.. entries.Select(entry => entry.Name)]));
        }

        CheckListeners(map, services);
        return services;
    }

    private OwnServiceConfig Service(Fields fields, string name, IReadOnlyList<string> names)
    {
        if (fields.Has("command") == fields.Has("address")) fields.Problems.Add(fields.Line, $"{fields.Path} must have one of command (a program that the lab starts) and address (where it runs already); it has {(fields.Has("command") ? "both" : "none")}");
        bool isAttached = fields.Has("address");
        string protocol = fields.OneOf("protocol", Protocols) ?? "http";
        IReadOnlyList<OwnLinkConfig> links = Links(fields, name, names);
        bool hasDatabase = fields.Flag("database") ?? false;
        string[] known = [.. protocol == "none" ? [] : (string[])["port"], "instance", "data", .. hasDatabase ? DatabaseNames : [], .. links.SelectMany(link => (string[])[$"link.{link.Name}", $"link.{link.Name}.port"])];
        if (isAttached) foreach (string field in (string[])["args", "environment", "database", "guards", "startLimit", "stopLimit"]) if (fields.Has(field)) fields.Problem(field, "says nothing here: a service with an address is started, and set up, by somebody else");
        if (hasDatabase && $"{system}_{name}".Length > DatabaseNameMax) fields.Problem("database", $"would be named {system}_{name}, which has more than {DatabaseNameMax} characters; shorten one of the names");
        string? health = fields.Text("health");
        if (health is not null && !health.StartsWith('/')) fields.Problem("health", $"is '{health}'; it must be a path that begins with /");
        if (health is not null && protocol != "http") fields.Problem("health", $"is a path to ask over HTTP, and protocol is '{protocol}'; leave one of them out");
        var service = new OwnServiceConfig
        {
            Service = $"{system}/{name}",
            Line = fields.LineOf("command"),
            Command = fields.Text("command", TextLengthMax),
            Arguments = Arguments(fields, known),
            Environment = Texts(fields, "environment", known),
            Address = Address(fields),
            HealthPath = health,
            Listens = protocol != "none",
            IsHttp = protocol == "http",
            HasDatabase = hasDatabase,
            Links = links,
            Guards = Guards(fields, known),
        };
        service = service with
        {
            StartLimit = fields.Duration("startLimit", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)) ?? service.StartLimit,
            StopLimit = fields.Duration("stopLimit", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)) ?? service.StopLimit,
        };
        if (!isAttached && service.Listens && !Uses(service, "port")) fields.Problems.Add(fields.Line, $"{fields.Path} never uses {{port}}, so the lab cannot tell it where to listen; put it into args or environment, or say protocol: none when it does not listen");
        fields.End();
        return service;
    }

    /// <summary>A service can be called only when it listens; one that runs already calls others only where it knows the port.</summary>
    private static void CheckListeners(Fields map, List<OwnServiceConfig> services)
    {
        var ports = new HashSet<int>();
        foreach (OwnServiceConfig service in services)
        {
            string name = LinkDescription.ShortName(service.Service);
            foreach (OwnLinkConfig link in service.Links)
            {
                if (services.FirstOrDefault(other => other.Service == link.Service) is { Listens: false }) map.Problem(name, $"has a link to {link.Name}, which does not listen (protocol: none)");
                if (service.Address is not null && link.Listen is null) map.Problem(name, $"has a link to {link.Name} without listen; a service that runs already must know the port beforehand: add listen: 21090 or the like, and point the service there");
                if (link.Listen is { } port && !ports.Add(port)) map.Problem(name, $"has a link that listens at {port}, as another one does; each needs a port of its own");
            }
        }
    }

    private List<OwnLinkConfig> Links(Fields fields, string name, IReadOnlyList<string> names)
    {
        var links = new List<OwnLinkConfig>();
        foreach ((YamlNode item, string path) in fields.List("links", ServicesMax))
        {
            if (item is YamlScalarNode { Value: { } called })
            {
                if (Called(fields.Problems, (int)item.Start.Line, path, called, name, names)) Add(new OwnLinkConfig(called, $"{system}/{called}", null, null), (int)item.Start.Line, path);
            }
            else if (item is YamlMappingNode map)
            {
                if (Link(new Fields(map, path, fields.Problems), name, names) is { } link) Add(link, (int)item.Start.Line, path);
            }
            else
            {
                fields.Problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; it must be the name of a service, or a mapping with to, or with name and tcp or http");
            }
        }

        return links;

        void Add(OwnLinkConfig link, int line, string path)
        {
            if (links.Any(other => other.Name == link.Name)) fields.Problems.Add(line, $"{path} is a second link to '{link.Name}'; one is enough");
            else links.Add(link);
        }
    }

    private OwnLinkConfig? Link(Fields link, string name, IReadOnlyList<string> names)
    {
        string[] ways = [.. ((string[])["to", "tcp", "http"]).Where(link.Has)];
        int? listen = (int?)link.Whole("listen", 1, 65_535);
        OwnLinkConfig? read = null;
        if (ways.Length != 1)
        {
            link.Problems.Add(link.Line, $"{link.Path} must have one of to (a service), tcp and http (host:port of a server outside); it has {(ways.Length == 0 ? "none" : string.Join(" and ", ways))}");
            foreach (string field in (string[])["name", .. ways]) link.Node(field);
        }
        else if (ways[0] == "to")
        {
            if (link.Has("name")) link.Problem("name", "stands beside 'to'; a link to a service is named by it");
            if (link.Text("to") is { } to && Called(link.Problems, link.LineOf("to"), link.At("to"), to, name, names)) read = new OwnLinkConfig(to, $"{system}/{to}", null, listen);
        }
        else if (Upstream(link, ways[0], names) is { } upstream)
        {
            read = new OwnLinkConfig(upstream.Name, null, upstream, listen);
        }

        link.End();
        return read;
    }

    private static UpstreamDescription? Upstream(Fields link, string way, IReadOnlyList<string> names)
    {
        string? name = link.Required("name", "the name of the link, for example 'redis'");
        if (name is not null) OwnSystemReader.CheckName(link, "name", name);
        if (name is not null && (Reserved.Contains(name) || names.Contains(name))) link.Problem("name", $"is '{name}', which means something else here; choose another");
        string? address = link.Text(way);
        int colon = address?.LastIndexOf(':') ?? -1;
        bool isAddress = colon > 0 && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65_535 && !address!.Contains('/', StringComparison.Ordinal);
        if (address is not null && !isAddress) link.Problem(way, $"is '{address}'; it must be host and port, for example 127.0.0.1:6379");
        return name is null || !isAddress ? null : new UpstreamDescription(name, address!, way == "http");
    }

    private static bool Called(ProblemList problems, int line, string path, string to, string name, IReadOnlyList<string> names)
    {
        if (to != name && names.Contains(to)) return true;
        problems.Add(line, to == name ? $"{path} is '{to}', the service itself; a link leads to another one" : $"{path} is '{to}'; {Nearest.OneOf(to, names.Where(other => other != name))}");
        return false;
    }

    private static Uri? Address(Fields fields)
    {
        if (fields.Text("address") is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address is { Scheme: "http", PathAndQuery: "/" }) return address;

        fields.Problem("address", $"is '{text}'; it must be an address like http://127.0.0.1:5000");
        return null;
    }

    private static List<string> Arguments(Fields fields, IReadOnlyList<string> known)
    {
        var arguments = new List<string>();
        foreach ((YamlNode item, string path) in fields.List("args"))
        {
            if (item is not YamlScalarNode { Value: { } text }) fields.Problems.Add((int)item.Start.Line, $"{path} is {Fields.Show(item)}; it must be text");
            else if (Check(fields.Problems, (int)item.Start.Line, path, text, known)) arguments.Add(text);
        }

        return arguments;
    }

    private static Dictionary<string, string> Texts(Fields fields, string name, IReadOnlyList<string> known)
    {
        var texts = new Dictionary<string, string>();
        if (fields.Map(name) is not { } map) return texts;

        foreach ((string key, YamlNode value) in map.Entries())
        {
            map.Node(key);
            if (value is not YamlScalarNode { Value: { } text }) map.Problem(key, $"is {Fields.Show(value)}; it must be text");
            else if (key.Length == 0 || key.Contains('=', StringComparison.Ordinal)) map.Problem(key, "is no name of an environment variable");
            else if (Check(fields.Problems, (int)value.Start.Line, map.At(key), text, known)) texts[key] = text;
        }

        return texts;
    }

    private static List<OwnGuardConfig> Guards(Fields fields, IReadOnlyList<string> known)
    {
        var guards = new List<OwnGuardConfig>();
        if (fields.Map("guards") is not { } map) return guards;

        foreach ((string name, _) in map.Entries())
        {
            OwnSystemReader.CheckName(map, name, name);
            if (map.Map(name) is not { } guard) continue;

            string? protects = guard.Required("protects", "one sentence on what it protects from");
            if (!guard.Has("off")) guard.Problems.Add(guard.Line, $"{guard.At("off")} is missing; it must be the environment that switches the guard off, for example {{SAFE: \"no\"}}");
            Dictionary<string, string> off = Texts(guard, "off", known);
            guard.End();
            string set = string.Join(' ', off.Select(pair => $"{pair.Key}={pair.Value}"));
            guards.Add(new OwnGuardConfig(new GuardDescription(name, GuardClass.Correctness, "as the service is", $"the service is started with {set}", protects ?? ""), off));
        }

        return guards;
    }

    private static bool Check(ProblemList problems, int line, string path, string text, IReadOnlyList<string> known)
    {
        string[] unknown = [.. Placeholders.In(text).Where(name => !known.Contains(name)).Distinct()];
        foreach (string name in unknown) problems.Add(line, $"{path} has the placeholder {{{name}}}; {Nearest.OneOf(name, known)}");
        return unknown.Length == 0;
    }

    private static bool Uses(OwnServiceConfig service, string name) =>
        service.Arguments.Concat(service.Environment.Values).Any(text => Placeholders.In(text).Contains(name));
}
