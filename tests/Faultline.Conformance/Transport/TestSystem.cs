using System.Text;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Topology;
using Faultline.Messaging.Transport;
using Faultline.Protocol.Services;

namespace Faultline.Conformance.Transport;

/// <summary>A system of two services, with names of its own for each test: <c>out</c> publishes, <c>in</c> consumes.</summary>
/// <param name="name">Unique in the broker.</param>
/// <param name="partitions">Partitions of its queues.</param>
public sealed class TestSystem(string name, int partitions = 16)
{
    private static readonly Ids Ids = new(TimeProvider.System);

    public string Publisher => $"{name}/out";

    public string Service => $"{name}/in";

    public string Type => $"{name}.happened";

    public SystemTopology Topology => new(
        [new ServiceTopology(Publisher, [Contract], []), new ServiceTopology(Service, [], [Contract])], partitions);

    public MessageContract Contract => new(Type, 1);

    public int PartitionOf(string key) => KeyHash.PartitionOf(key, Guid.Empty, partitions);

    /// <summary>A message whose body is a text.</summary>
    public Envelope Message(string text, string? key = null)
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        return new Envelope
        {
            Id = Ids.Next(),
            Type = Type,
            Version = 1,
            Key = key,
            Publisher = Publisher,
            Time = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero),
            Digest = BodyDigest.Of(body),
            Body = body,
        };
    }

    public IReadOnlyList<Envelope> Messages(int count, Func<int, string?> key) => [.. Enumerable.Range(0, count).Select(number => Message(number.ToString(), key(number)))];

    public static string TextOf(Delivery delivery) => delivery.Message is { } message ? Encoding.UTF8.GetString(message.Body.Span) : $"malformed: {delivery.Malformed}";
}
