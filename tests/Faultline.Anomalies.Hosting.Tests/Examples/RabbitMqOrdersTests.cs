using System.Net;
using System.Text.Json;
using Faultline.Protocol.Faults;

namespace Faultline.Anomalies.Hosting.Tests.Examples;

/// <summary>The example with RabbitMQ.Client alone: what each anomaly around publish and consume does to it, and what of it survives.</summary>
public sealed class RabbitMqOrdersTests(ExampleBroker broker) : IClassFixture<ExampleBroker>, IDisposable
{
    private static readonly Guid Soup = new("0198f6a2-1c3e-7b4a-9d5f-2e6c8a7b9d10");

    private readonly string _folder = Directory.CreateTempSubdirectory("faultline-example-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("orders.publish.before", "drop", 1)]
    [InlineData("orders.publish.before", "duplicate", 2)]
    [InlineData("orders.confirm.before", "drop", 2)]
    [InlineData("kitchen.receive.after", "drop", 1)]
    [InlineData("kitchen.receive.after", "duplicate", 2)]
    [InlineData("kitchen.receive.after", "corrupt", 1)]
    [InlineData("kitchen.receive.after", "exception", 1)]
    [InlineData("kitchen.ack.before", "drop", 2)]
    [InlineData("kitchen.ack.before", "exception", 2)]
    public async Task Order_is_cooked_once_however_often_it_is_sent_or_delivered(string point, string kind, int deliveries)
    {
        await using ExampleProcess example = await ExampleProcess.StartAsync(await broker.AddressAsync(), _folder);
        await example.PlaceOnceAsync(point, kind);

        (await example.OrderAsync(Soup)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await example.UntilMealsAsync(meals => Whole(meals, "deliveries") == deliveries, $"{deliveries} deliveries");

        Whole(await example.MealsAsync(), "cooked").ShouldBe(1);
        await ShouldHaveFiredAsync(example, point, kind);
    }

    [Theory, InlineData("orders.publish.before", false), InlineData("orders.confirm.before", true), InlineData("kitchen.receive.after", true), InlineData("kitchen.ack.before", true)]
    public async Task Process_that_dies_at_a_point_cooks_the_order_once_after_its_restart(string point, bool isSent)
    {
        string address = await broker.AddressAsync();
        await using (ExampleProcess victim = await ExampleProcess.StartAsync(address, _folder))
        {
            await victim.PlaceOnceAsync(point, "crash");
            Task<HttpResponseMessage> ordering = victim.OrderAsync(Soup);
            (await victim.DiesAsync()).ShouldBe(137);
            if (point.StartsWith("orders", StringComparison.Ordinal)) await Should.ThrowAsync<HttpRequestException>(ordering);
        }

        await using ExampleProcess next = await ExampleProcess.StartAsync(address, _folder);
        // The firing was written down before the process died, so once stays once.
        await ShouldHaveFiredAsync(next, point, "crash");
        if (!isSent) Whole(await next.MealsAsync(), "cooked").ShouldBe(0);
        (await next.OrderAsync(Soup)).StatusCode.ShouldBe(HttpStatusCode.Accepted); // The client asks again, with the same id.
        await next.UntilMealsAsync(meals => Whole(meals, "cooked") == 1 && Whole(meals, "deliveries") >= 1, "the order is cooked");
        (await next.MealsAsync()).GetProperty("lines").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Order_that_was_damaged_before_it_was_sent_is_refused_after_a_second_look()
    {
        await using ExampleProcess example = await ExampleProcess.StartAsync(await broker.AddressAsync(), _folder);
        await example.PlaceOnceAsync("orders.publish.before", "corrupt");

        (await example.OrderAsync(Soup)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        await example.UntilMealsAsync(meals => Whole(meals, "refused") == 1, "the order is refused");
        Whole(await example.MealsAsync(), "cooked").ShouldBe(0);
    }

    [Fact]
    public async Task Points_of_the_example_are_offered_with_what_they_honour_and_nothing_else()
    {
        await using ExampleProcess example = await ExampleProcess.StartAsync(await broker.AddressAsync(), _folder);

        JsonElement points = JsonDocument.Parse(await example.Client.GetStringAsync("/anomalies/points", TestContext.Current.CancellationToken)).RootElement.GetProperty("points");

        Dictionary<string, string[]> own = points.EnumerateArray().Where(point => !point.GetProperty("name").GetString()!.StartsWith("http", StringComparison.Ordinal)).ToDictionary(
            point => point.GetProperty("name").GetString()!, point => point.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetProperty("name").GetString()!).Skip(4).ToArray());
        own.Keys.ShouldBe(["orders.publish.before", "orders.confirm.before", "kitchen.receive.after", "kitchen.ack.before"]);
        (own["orders.publish.before"], own["kitchen.ack.before"]).ShouldSatisfyAllConditions(
            kinds => kinds.Item1.ShouldBe([FaultKinds.Drop, FaultKinds.Duplicate, FaultKinds.Corrupt]), kinds => kinds.Item2.ShouldBe([FaultKinds.Drop]));
    }

    private static async Task ShouldHaveFiredAsync(ExampleProcess example, string point, string kind)
    {
        JsonElement firing = (await example.FiringsAsync()).EnumerateArray().ShouldHaveSingleItem();
        (firing.GetProperty("point").GetString(), firing.GetProperty("kind").GetString(), firing.GetProperty("messageId").GetGuid()).ShouldBe((point, kind, Soup));
    }

    private static int Whole(JsonElement meals, string name) => meals.GetProperty(name).GetInt32();
}
