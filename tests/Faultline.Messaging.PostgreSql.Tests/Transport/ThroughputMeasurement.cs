using System.Diagnostics;
using System.Text;
using Faultline.Conformance;
using Faultline.Conformance.Transport;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Transport;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

/// <summary>Measures; asserts nothing about time. Run it by hand: <c>dotnet run -c Release --project tests/Faultline.Messaging.PostgreSql.Tests -- --explicit only</c>.</summary>
public sealed class ThroughputMeasurement(PostgreSqlHarness harness, ITestOutputHelper output) : TransportConformance(harness), IClassFixture<PostgreSqlHarness>
{
    [Theory(Explicit = true)]
    [InlineData(1, 3_000)]
    [InlineData(100, 50_000)]
    [InlineData(500, 50_000)]
    public async Task Sending_in_batches(int batch, int total)
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAllAsync(transport, system, batch, batch * 10);

        long begun = Stopwatch.GetTimestamp();
        await SendAllAsync(transport, system, batch, total);

        output.WriteLine($"batches of {batch}: {total / Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} messages/s");
    }

    [Fact(Explicit = true)]
    public async Task Draining_fifty_thousand()
    {
        const int Total = 50_000;
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await SendAllAsync(transport, system, 500, Total);

        long begun = Stopwatch.GetTimestamp();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        await DrainAsync(transport, system.Service, Total);

        TimeSpan took = Stopwatch.GetElapsedTime(begun);
        output.WriteLine($"drained: {Total / took.TotalSeconds:F0} messages/s, client cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds / took.TotalSeconds:P0} of a core");
    }

    [Fact(Explicit = true)]
    public async Task Sending_and_draining_at_once()
    {
        const int Total = 50_000;
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);

        long begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(DrainAsync(transport, system.Service, Total), SendAllAsync(transport, system, 500, Total));

        output.WriteLine($"sent and drained: {Total / Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} messages/s");
    }

    [Fact(Explicit = true)]
    public async Task Latency_of_single_messages()
    {
        TestSystem system = NewSystem();
        ITransport transport = await ConnectAsync(system);
        await using ISubscription subscription = await transport.SubscribeAsync(system.Service, "1", 500, Stop);
        List<double> milliseconds = [];
        for (int number = 0; number < 300; number++)
        {
            long begun = Stopwatch.GetTimestamp();
            await SendAsync(transport, system.Message($"{number}", "k"));
            SubscriptionEvent happened;
            do happened = await subscription.Events.ReadAsync(Stop);
            while (happened is not SubscriptionEvent.Delivered);
            milliseconds.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            await subscription.AckAsync(((SubscriptionEvent.Delivered)happened).Deliveries, Stop);
        }

        milliseconds.Sort();
        output.WriteLine($"send to delivery, one at a time: p50 {milliseconds[150]:F1} ms, p99 {milliseconds[297]:F1} ms");
    }

    [Fact(Explicit = true)]
    public async Task What_it_costs_to_be_idle()
    {
        double alone = await CpuAsync();
        TestSystem system = NewSystem();
        for (int service = 0; service < 3; service++)
        {
            ITransport transport = await ConnectAsync(system);
            Keep(await transport.SubscribeAsync(system.Service, $"{service}", 100, Stop));
            Keep(await transport.OpenTemporaryQueueAsync(system.Service, $"{service}", Stop));
        }

        await Wait.For("all is settled", async () => await Harness.ConsumersAsync(system.Service) == 3);
        await CpuAsync();
        double idle = await CpuAsync();

        output.WriteLine($"three subscriptions and three temporary queues idle: client cpu {idle:P2} of a core; the test program alone {alone:P2}");
    }

    private static async Task<double> CpuAsync()
    {
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        long begun = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, Stop);
        process.Refresh();
        return (process.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(begun);
    }

    private static async Task SendAllAsync(ITransport transport, TestSystem system, int batch, int total)
    {
        string text = $"{{\"text\":\"{new string('x', 280)}\"}}";
        byte[] body = Encoding.UTF8.GetBytes(text);
        for (int first = 0; first < total; first += batch)
        {
            Envelope[] messages = [.. Enumerable.Range(first, batch).Select(number => system.Message("", $"k{number % 1000}") with { Body = body })];
            await transport.SendAsync(messages, Stop);
        }
    }

    private static async Task DrainAsync(ITransport transport, string service, int total)
    {
        await using ISubscription subscription = await transport.SubscribeAsync(service, "1", 2000, Stop);
        int got = 0;
        List<Task> acks = [];
        while (got < total)
        {
            if (await subscription.Events.ReadAsync(Stop) is not SubscriptionEvent.Delivered delivered) continue;

            got += delivered.Deliveries.Count;
            acks.Add(subscription.AckAsync(delivered.Deliveries, Stop));
        }

        await Task.WhenAll(acks);
    }
}
