using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Transport;

namespace Faultline.Conformance.Transport;

/// <summary>
/// What every transport must do, told by tests. A class for each topic; a transport inherits each of them. What a transport does not promise is a trait, and the test is skipped with that reason.
/// </summary>
/// <param name="harness">The broker of this class.</param>
public abstract class TransportConformance(TransportHarness harness) : IAsyncLifetime
{
    private static int _systems;
    private readonly List<IAsyncDisposable> _open = [];

    protected TransportHarness Harness { get; } = harness;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable open in Enumerable.Reverse(_open)) await open.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A system with a name of its own.</summary>
    protected static TestSystem NewSystem(int partitions = 16) => new($"s{Interlocked.Increment(ref _systems)}", partitions);

    /// <summary>A transport with a straight way to the broker.</summary>
    protected Task<ITransport> ConnectAsync() => ConnectAsync(Harness.Broker.Port);

    /// <summary>A transport whose way to the broker can be closed and frozen.</summary>
    protected async Task<(ITransport Transport, BrokerGate Gate)> ConnectThroughGateAsync()
    {
        BrokerGate gate = Keep(new BrokerGate(Harness.Broker));
        return (await ConnectAsync(gate.Port), gate);
    }

    /// <summary>A transport, with the topology declared.</summary>
    protected async Task<ITransport> ConnectAsync(TestSystem system)
    {
        ITransport transport = await ConnectAsync();
        await transport.DeclareAsync(system.Topology, Stop);
        return transport;
    }

    protected async Task<Consumer> ConsumeAsync(ITransport transport, string service, Manners? manners = null, string instance = "test", Action<Delivery>? seen = null)
    {
        manners ??= new Manners();
        return Keep(new Consumer(await transport.SubscribeAsync(service, instance, manners.UnsettledMax, Stop), manners, seen));
    }

    /// <summary>Sends, and expects all to be confirmed.</summary>
    protected static async Task SendAsync(ITransport transport, params IReadOnlyList<Envelope> messages)
    {
        IReadOnlyList<SendOutcome> outcomes = await transport.SendAsync(messages, Stop);
        outcomes.Count.ShouldBe(messages.Count);
        outcomes.ShouldAllBe(outcome => outcome == SendOutcome.Confirmed);
    }

    /// <summary>Disposes it at the end of the test.</summary>
    protected T Keep<T>(T open)
        where T : IAsyncDisposable
    {
        _open.Add(open);
        return open;
    }

    private async Task<ITransport> ConnectAsync(int port) => Keep(await Harness.ConnectAsync(port));
}
