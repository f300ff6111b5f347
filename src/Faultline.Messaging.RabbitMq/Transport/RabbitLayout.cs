using System.Globalization;
using Faultline.Messaging.Topology;
using RabbitMQ.Client;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>An exchange at the broker.</summary>
internal sealed record RabbitExchange(string Name, string Type, IReadOnlyDictionary<string, string> Arguments);

/// <summary>A queue at the broker.</summary>
internal sealed record RabbitQueue(string Name, IReadOnlyDictionary<string, string> Arguments);

/// <summary>A binding at the broker.</summary>
internal readonly record struct RabbitBinding(string From, string To, bool ToExchange, string Key)
{
    public override string ToString() => $"'{From}' -> {(ToExchange ? "exchange" : "queue")} '{To}' for '{Key}'";
}

/// <summary>
/// Everything that a system has at the broker, as data. That this is what <see cref="TopologyDeclarer"/> declares is shown by the test that declares and then finds no difference.
/// </summary>
internal sealed class RabbitLayout
{
    private RabbitLayout(IReadOnlyList<RabbitExchange> exchanges, IReadOnlyList<RabbitQueue> queues, IReadOnlyList<RabbitBinding> bindings) => (Exchanges, Queues, Bindings) = (exchanges, queues, bindings);

    public IReadOnlyList<RabbitExchange> Exchanges { get; }

    public IReadOnlyList<RabbitQueue> Queues { get; }

    public IReadOnlyList<RabbitBinding> Bindings { get; }

    /// <summary>The layout of a system.</summary>
    public static RabbitLayout Of(SystemTopology topology)
    {
        List<RabbitExchange> exchanges = [];
        List<RabbitQueue> queues = [];
        List<RabbitBinding> bindings = [.. topology.Routes.Select(route => new RabbitBinding(Names.Exchange(route.Publisher), Names.Entry(route.Consumer), ToExchange: true, Names.OfType(route.Type)))];
        foreach (ServiceTopology service in topology.Services)
        {
            string name = service.Service;
            exchanges.Add(new RabbitExchange(Names.Exchange(name), ExchangeType.Topic, Texts()));
            exchanges.Add(new RabbitExchange(Names.Entry(name), ExchangeType.Topic, Texts(("alternate-exchange", Names.Layout(name, topology.Partitions)))));
            exchanges.Add(new RabbitExchange(Names.Members(name), ExchangeType.Fanout, Texts()));
            exchanges.Add(new RabbitExchange(Names.Broadcast(name), ExchangeType.Fanout, Texts()));
            if (service.Consumes.Count > 0) exchanges.Add(new RabbitExchange(Names.Settled(name, topology.Partitions), ExchangeType.Fanout, Texts()));
            for (int partition = 0; partition < topology.Partitions && service.Consumes.Count > 0; partition++)
            {
                queues.Add(new RabbitQueue(Names.Queue(name, partition), TextsOf(TopologyDeclarer.QueueArguments)));
                queues.Add(new RabbitQueue(Names.Owner(name, partition), TextsOf(TopologyDeclarer.OwnerArguments)));
                bindings.Add(new RabbitBinding(Names.Entry(name), Names.Queue(name, partition), ToExchange: false, Names.OfPartition(topology.Partitions, partition)));
            }
        }

        if (topology.Stream is { } stream)
        {
            queues.Add(new RabbitQueue(stream.Name, TextsOf(StreamDeclarer.ArgumentsOf(stream))));
            bindings.AddRange(topology.Kept.Select(kept => new RabbitBinding(Names.Exchange(kept.Publisher), stream.Name, ToExchange: false, Names.OfType(kept.Type))));
        }

        return new RabbitLayout(exchanges, queues, bindings);
    }

    /// <summary>Arguments as texts, whatever type they travel in.</summary>
    public static IReadOnlyDictionary<string, string> TextsOf(IReadOnlyDictionary<string, object?> arguments) => arguments.ToDictionary(argument => argument.Key, argument => TextOf(argument.Value));

    private static Dictionary<string, string> Texts(params (string Name, string Value)[] arguments) => arguments.ToDictionary(argument => argument.Name, argument => argument.Value);

    private static string TextOf(object? value) => value is bool flag ? (flag ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
