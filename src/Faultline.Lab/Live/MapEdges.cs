using Faultline.Lab.Control;
using Faultline.Lab.Telemetry;
using Faultline.Protocol.Services;

namespace Faultline.Lab.Live;

/// <summary>Draws the edges of a system. Pure.</summary>
internal static class MapEdges
{
    private const double Median = 0.5, Most = 0.95;

    public static IReadOnlyList<MapEdge> Of(SystemSight sight) =>
    [
        .. sight.Services.Where(service => service.Answers(sight)).Select(service => Request(sight, MapNodes.Client(sight.System), service.Service, $"{LinkDescription.Client}-{LinkDescription.ShortName(service.Service)}")),
        .. sight.Services.SelectMany(service => service.Calls.Select(called => Request(sight, service.Service, called, $"{LinkDescription.ShortName(service.Service)}-{LinkDescription.ShortName(called)}"))),
        .. sight.Routes.GroupBy(route => (route.Publisher, route.Consumer)).Select(routes => Publish(sight, routes.Key.Publisher, routes.Key.Consumer, [.. routes.Select(route => route.Type).Distinct()])),
        .. sight.Services.Where(service => service.Consumes.Count > 0).Select(service => Deliver(sight, service)),
        .. sight.Services.Where(service => service.HasDatabase).Select(service => Store(sight, service.Service)),
    ];

    /// <summary>Services without a link of clients are reached by nobody from outside; in a lab without links nobody knows.</summary>
    private static bool Answers(this ServiceDescription service, SystemSight sight) =>
        sight.Links.Count == 0 || sight.Links.Any(link => link.Name == $"{LinkDescription.Client}-{LinkDescription.ShortName(service.Service)}");

    private static MapEdge Request(SystemSight sight, string from, string to, string link)
    {
        LinkView[] links = LinksOf(sight, link);
        double? requests = links.Length == 0 ? null : links.Sum(each => sight.Traffic.TryGetValue(each.Link, out (double Requests, double Bytes) traffic) ? traffic.Requests : 0);
        return With(sight, link, new MapEdge
        {
            Id = $"request:{from}>{to}",
            System = sight.System,
            Kind = EdgeKind.Request,
            From = from,
            To = to,
            PerSecond = Rounded(requests ?? sight.Rate(SeriesNames.Requests, to, null)),
            FailedPerSecond = Rounded(sight.Rate(SeriesNames.RequestsFailed, to, null)),
            P50Ms = Rounded(sight.Percentile(SeriesNames.RequestTime, to, Median)),
            P95Ms = Rounded(sight.Percentile(SeriesNames.RequestTime, to, Most)),
        });
    }

    private static MapEdge Publish(SystemSight sight, string publisher, string consumer, IReadOnlyList<string> types)
    {
        double?[] rates = [.. types.Select(type => sight.Rate(SeriesNames.Sent, publisher, type))];
        return With(sight, BrokerLink(publisher), new MapEdge
        {
            Id = $"publish:{publisher}>{MapNodes.Queue(consumer)}",
            System = sight.System,
            Kind = EdgeKind.Publish,
            From = publisher,
            To = MapNodes.Queue(consumer),
            MessageTypes = types,
            PerSecond = rates.All(rate => rate is null) ? null : Rounded(rates.Sum(rate => rate ?? 0)),
        });
    }

    private static MapEdge Deliver(SystemSight sight, ServiceDescription service) => With(sight, BrokerLink(service.Service), new MapEdge
    {
        Id = $"deliver:{MapNodes.Queue(service.Service)}>{service.Service}",
        System = sight.System,
        Kind = EdgeKind.Deliver,
        From = MapNodes.Queue(service.Service),
        To = service.Service,
        MessageTypes = [.. service.Consumes.Select(contract => contract.Type).Distinct()],
        PerSecond = Rounded(sight.Rate(SeriesNames.Handled, service.Service, null)),
        FailedPerSecond = Rounded(sight.Rate(SeriesNames.Failed, service.Service, null)),
        P50Ms = Rounded(sight.Percentile(SeriesNames.Latency, service.Service, Median)),
        P95Ms = Rounded(sight.Percentile(SeriesNames.Latency, service.Service, Most)),
    });

    private static MapEdge Store(SystemSight sight, string service) => With(sight, $"{LinkDescription.ShortName(service)}-{LinkDescription.Database}", new MapEdge
    {
        Id = $"store:{service}>{MapNodes.Database(service)}",
        System = sight.System,
        Kind = EdgeKind.Store,
        From = service,
        To = MapNodes.Database(service),
    });

    private static MapEdge With(SystemSight sight, string link, MapEdge edge)
    {
        LinkView[] links = LinksOf(sight, link);
        if (links.Length == 0) return edge;

        double bytes = links.Sum(each => sight.Traffic.TryGetValue(each.Link, out (double Requests, double Bytes) traffic) ? traffic.Bytes : 0);
        return edge with { Link = $"{sight.System}/{link}", ConnectionsOpen = links.Sum(each => each.Traffic.ConnectionsOpen), BytesPerSecond = Rounded(bytes) };
    }

    private static LinkView[] LinksOf(SystemSight sight, string link) => [.. sight.Links.Where(each => each.Name == link)];

    private static string BrokerLink(string service) => $"{LinkDescription.ShortName(service)}-{LinkDescription.Broker}";

    /// <summary>Two digits that count: what a person reads, and what does not change for nothing.</summary>
    private static double? Rounded(double? value)
    {
        if (value is not { } number) return null;
        if (number <= 0.05) return 0;

        double step = Math.Pow(10, Math.Floor(Math.Log10(number)) - 1);
        return Math.Round(Math.Round(number / step) * step, 3);
    }
}
