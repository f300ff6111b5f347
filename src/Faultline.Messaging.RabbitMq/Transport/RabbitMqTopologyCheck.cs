using System.Text.Json;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>
/// Compares what a broker holds with what a system declares. With the management API, everything; without it, over AMQP, whether what is declared is there and as declared: AMQP tells no bindings, and
/// nothing that one does not ask for by name. It changes nothing.
/// </summary>
public static class RabbitMqTopologyCheck
{
    private const int UsualManagementPort = 15672;

    /// <summary>Compares.</summary>
    /// <param name="broker">As <c>amqp://user:password@host:5672/vhost</c>.</param>
    /// <param name="management">The address of the management API; null to look at port 15672 of the broker's host.</param>
    /// <param name="topology">All of the system.</param>
    /// <param name="log">Where to tell.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="ArgumentException">The broker's address does not fit.</exception>
    /// <exception cref="TransportException">The broker was not reached.</exception>
    public static async Task<TopologyFindings> CompareAsync(string broker, Uri? management, SystemTopology topology, ILogger log, CancellationToken stop)
    {
        // The text itself is not repeated: it may hold a password.
        if (!Uri.TryCreate(broker, UriKind.Absolute, out Uri? address) || address.Scheme is not ("amqp" or "amqps")) throw new ArgumentException("the broker's address must be like amqp://user:password@127.0.0.1:5672/vhost", nameof(broker));

        RabbitLayout declared = RabbitLayout.Of(topology);
        var options = new RabbitMqTransportOptions();
        Uri api = management ?? new UriBuilder("http", address.Host, UsualManagementPort).Uri;
        try
        {
            string path = Uri.UnescapeDataString(address.AbsolutePath);
            using HttpClient http = ManagementReader.ClientOf(api, address, options.AnswerTimeout);
            return new TopologyFindings([.. await CompareAsync(new ManagementReader(http, path.Length <= 1 ? "/" : path[1..]), declared, topology, stop)], []);
        }
        catch (Exception error) when (error is HttpRequestException or JsonException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            string why = $"bindings, and exchanges and queues that nobody declared: the management API at {api.GetLeftPart(UriPartial.Authority)} could not be read ({error.Message}); enable the plugin rabbitmq_management, or name its address";
            BrokerConnector connector = new(address, options, TimeProvider.System, log);
            return new TopologyFindings([.. await TransportFailures.TranslateAsync("comparing the topology", () => AskAsync(connector, declared, stop), stop)], [why]);
        }
    }

    private static async Task<List<TopologyDifference>> CompareAsync(ManagementReader reader, RabbitLayout declared, SystemTopology topology, CancellationToken stop)
    {
        string[] systems = [.. topology.Services.Select(service => SystemOf(service.Service)).Distinct()];
        RabbitExchange[] exchanges = [.. (await reader.ExchangesAsync(stop)).Where(exchange => systems.Contains(SystemOf(exchange.Name)))];
        RabbitQueue[] queues = [.. (await reader.QueuesAsync(stop)).Where(queue => systems.Contains(SystemOf(queue.Name)) && !IsPassing(queue.Name, topology))];
        HashSet<RabbitBinding> bindings =
        [
            .. (await reader.BindingsAsync(stop)).Where(binding =>
                binding.From.Length > 0 && (systems.Contains(SystemOf(binding.From)) || systems.Contains(SystemOf(binding.To))) && (binding.ToExchange || !IsPassing(binding.To, topology))),
        ];
        List<TopologyDifference> found =
        [
            .. TopologyFindings.Compare("exchange", [.. declared.Exchanges.Select(exchange => $"'{exchange.Name}'")], [.. exchanges.Select(exchange => $"'{exchange.Name}'")]),
            .. TopologyFindings.Compare("queue", [.. declared.Queues.Select(queue => $"'{queue.Name}'")], [.. queues.Select(queue => $"'{queue.Name}'")]),
            .. TopologyFindings.Compare("binding", [.. declared.Bindings.Select(binding => binding.ToString())], [.. bindings.Select(binding => binding.ToString())]),
        ];
        foreach ((RabbitExchange want, RabbitExchange have) in declared.Exchanges.Join(exchanges, exchange => exchange.Name, exchange => exchange.Name, (want, have) => (want, have)))
        {
            if (want.Type != have.Type) found.Add(new TopologyDifference(TopologyDifferenceKind.Different, $"exchange '{want.Name}'", $"is of type {have.Type}; declared is {want.Type}"));
            found.AddRange(Arguments($"exchange '{want.Name}'", want.Arguments, have.Arguments));
        }

        foreach ((RabbitQueue want, RabbitQueue have) in declared.Queues.Join(queues, queue => queue.Name, queue => queue.Name, (want, have) => (want, have)))
        {
            found.AddRange(Arguments($"queue '{want.Name}'", want.Arguments, have.Arguments));
        }

        return found;
    }

    private static IEnumerable<TopologyDifference> Arguments(string thing, IReadOnlyDictionary<string, string> declared, IReadOnlyDictionary<string, string> found) =>
        from name in declared.Keys.Union(found.Keys).Order(StringComparer.Ordinal)
        // The broker adds the type to a queue that was declared without one.
        where declared.GetValueOrDefault(name) != found.GetValueOrDefault(name) && !(name == "x-queue-type" && !declared.ContainsKey(name) && found[name] == "classic")
        select new TopologyDifference(
            TopologyDifferenceKind.Different, thing, $"has {name} {found.GetValueOrDefault(name, "not set")}; declared is {declared.GetValueOrDefault(name, "not set")}");

    private static async Task<List<TopologyDifference>> AskAsync(BrokerConnector connector, RabbitLayout declared, CancellationToken stop)
    {
        List<TopologyDifference> found = [];
        IConnection connection = await connector.ConnectAsync("compare", stop);
        try
        {
            foreach (RabbitExchange exchange in declared.Exchanges)
            {
                found.AddRange(await AskAsync(
                    connection, $"exchange '{exchange.Name}'", channel => channel.ExchangeDeclarePassiveAsync(exchange.Name, stop),
                    channel => channel.ExchangeDeclareAsync(exchange.Name, exchange.Type, durable: true, autoDelete: false, exchange.Arguments.ToDictionary(argument => argument.Key, argument => (object?)argument.Value), cancellationToken: stop), stop));
            }

            foreach (RabbitQueue queue in declared.Queues)
            {
                found.AddRange(await AskAsync(
                    connection, $"queue '{queue.Name}'", channel => channel.QueueDeclarePassiveAsync(queue.Name, stop),
                    channel => channel.QueueDeclareAsync(queue.Name, durable: true, exclusive: false, autoDelete: false, TypedOf(queue.Arguments), cancellationToken: stop), stop));
            }
        }
        finally
        {
            await connector.CloseAsync(connection);
        }

        return found;
    }

    // Declaring what is there changes nothing, and fails with the difference when it is there otherwise.
    private static async Task<IEnumerable<TopologyDifference>> AskAsync(IConnection connection, string thing, Func<IChannel, Task> look, Func<IChannel, Task> declare, CancellationToken stop)
    {
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: stop);
        try
        {
            await look(channel);
            await declare(channel);
            return [];
        }
        catch (OperationInterruptedException error) when (TransportFailures.CodeOf(error) == TransportFailures.NotFound)
        {
            return [new TopologyDifference(TopologyDifferenceKind.Missing, thing)];
        }
        catch (OperationInterruptedException error) when (TransportFailures.CodeOf(error) == TransportFailures.OtherArguments)
        {
            return [new TopologyDifference(TopologyDifferenceKind.Different, thing, $"is not as declared: {error.ShutdownReason?.ReplyText ?? error.Message}")];
        }
    }

    private static Dictionary<string, object?> TypedOf(IReadOnlyDictionary<string, string> texts) => texts.ToDictionary(text => text.Key, text => text.Value switch
    {
        "true" => true,
        "false" => false,
        { } value when long.TryParse(value, out long number) => number,
        { } value => (object?)value,
    });

    // What comes and goes with the processes: inboxes of members, and temporary queues.
    private static bool IsPassing(string queue, SystemTopology topology) => topology.Services.Any(service =>
        queue.StartsWith(Names.Member(service.Service, ""), StringComparison.Ordinal) || queue.StartsWith(Names.Temporary(service.Service, ""), StringComparison.Ordinal));

    private static string SystemOf(string name) => name.Split('/')[0];
}
