using Faultline.Conformance;
using Faultline.Conformance.Transport;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.PostgreSql.Transport;
using Faultline.Messaging.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Faultline.Messaging.PostgreSql.Tests.Transport;

public sealed class ServerCrashTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crash_of_the_server_loses_no_confirmed_message_and_what_was_handed_out_is_marked()
    {
        await using PrivatePostgres server = await PrivatePostgres.StartAsync();
        await using PostgreSqlTransport transport = await PostgreSqlTransport.ConnectAsync(server.Source, TimeProvider.System, NullLogger.Instance, Stop);
        TestSystem system = new("crash");
        await transport.DeclareAsync(system.Topology, Stop);
        await transport.SendAsync([.. system.Messages(30, number => $"k{number % 5}")], Stop);
        await using Consumer consumer = new(await transport.SubscribeAsync(system.Service, "1", 10, Stop), new Manners { Acks = false });
        await Wait.For("ten are in hand", () => consumer.Deliveries.Count == 10);

        await server.CrashAsync();

        await Wait.For("it owns all again", () => consumer.Events.OfType<SubscriptionEvent.Gained>().Count() == 32);
        await Wait.For("ten came again", () => consumer.Deliveries.Count == 20);
        consumer.Deliveries.Skip(10).ShouldAllBe(delivery => delivery.Redelivered);
        await consumer.Subscription.AckAsync(consumer.Deliveries, Stop);
        await Wait.For("all came", async () =>
        {
            await consumer.Subscription.AckAsync(consumer.Deliveries, Stop);
            return (await transport.DepthAsync(system.Service, Stop)).Messages == 0;
        });

        await SendUntilConfirmedAsync(transport, system.Message("new", "k"));
        await Wait.For("the new one came", () => consumer.Texts.Contains("new"));
        consumer.Deliveries[^1].Redelivered.ShouldBeFalse();
        Order.ShouldRisePerKey(consumer.Deliveries.Where(delivery => TestSystem.TextOf(delivery) != "new"));
    }

    [Fact]
    public async Task A_server_that_is_away_for_a_while_finds_its_consumers_again()
    {
        await using PrivatePostgres server = await PrivatePostgres.StartAsync();
        await using PostgreSqlTransport transport = await PostgreSqlTransport.ConnectAsync(server.Source, TimeProvider.System, NullLogger.Instance, Stop);
        TestSystem system = new("away");
        await transport.DeclareAsync(system.Topology, Stop);
        await using Consumer consumer = new(await transport.SubscribeAsync(system.Service, "1", 10, Stop), new Manners());
        await Wait.For("it owns all", () => consumer.Owned.Count == 16);

        await server.KillAsync();
        await Wait.For("it knows", () => consumer.Owned.Count == 0);
        await Should.ThrowAsync<TransportException>(() => transport.DepthAsync(system.Service, Stop));
        await Should.ThrowAsync<TransportException>(() => transport.SendAsync([system.Message("lost?", "k")], Stop));
        await server.StartServerAsync();

        await SendUntilConfirmedAsync(transport, system.Message("after", "k"));
        await Wait.For("it came", () => consumer.Texts.Contains("after"));
    }

    private static Task SendUntilConfirmedAsync(PostgreSqlTransport transport, Envelope message) => Wait.For("it is confirmed", async () =>
    {
        try
        {
            return (await transport.SendAsync([message], Stop))[0] == SendOutcome.Confirmed;
        }
        catch (TransportException)
        {
            return false;
        }
    });
}
