using System.Text.Json;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;

namespace Faultline.Anomalies.Tests.Requests;

public sealed class AnomalyReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ServiceDescription Orders = new(
        "shop/orders", [new("order-placed", 1)], [new("payment-made", 1)], [.. FaultPoints.All.Select(point => point.Name)], FaultKinds.All, GuardNames.All);

    [Fact]
    public void Every_cell_is_accepted_or_refused_as_the_table_says()
    {
        foreach (FaultCell cell in FaultTable.All)
        {
            string parameters = cell.Kind == FaultKinds.Delay ? """, "parameters": {"delayMs": 1}""" : string.Empty;

            AnomalyReading reading = Read($$"""{"point": "{{cell.Point}}", "kind": "{{cell.Kind}}"{{parameters}}}""");

            (reading.Anomaly is null).ShouldBe(cell.Effect == FaultEffect.Refused, $"{cell.Kind} at {cell.Point}");
            if (cell.Effect != FaultEffect.Refused) continue;

            ControlProblemFound problem = reading.Problems.ShouldHaveSingleItem();
            problem.Problem.ShouldBe(ControlProblems.Refused);
            problem.Detail.ShouldContain(cell.Why);
            foreach (FaultPoint point in FaultTable.PointsOf(cell.Kind)) problem.Detail.ShouldContain(point.Name);
        }
    }

    [Fact]
    public void Defaults_are_filled_in()
    {
        Anomaly anomaly = Read("""{"point": "consume.receive.after", "kind": "duplicate"}""").Anomaly!;

        (anomaly.Service, anomaly.Parameters.Copies, anomaly.Parameters.DelayMs, anomaly.CreatedBy, anomaly.CreatedAt, anomaly.Trigger).ShouldBe(("shop/orders", 1, null, "api", Now, null));
        anomaly.Seed.ShouldBeInRange(1UL, 1UL << 53);
    }

    [Fact]
    public void Everything_that_is_given_is_read()
    {
        const string Json = """
            {"id": "0198f6a2-1c3e-7b4a-9d5f-2e6c8a7b9d10", "service": "shop/orders", "instance": "orders-2", "point": "consume.handle.before", "kind": "delay",
             "parameters": {"delayMs": 200, "jitterMs": 50}, "match": {"messageType": "payment-made", "key": "k", "headers": {"tenant": "a"}},
             "trigger": {"probability": 0.25}, "expiresAt": "2026-01-01T02:00:00+01:00", "seed": 18446744073709551615, "createdBy": "ann"}
            """;

        Anomaly anomaly = Read(Json).Anomaly!;

        (anomaly.Id.ToString(), anomaly.Instance, anomaly.Parameters, anomaly.Trigger, anomaly.Seed, anomaly.CreatedBy).ShouldBe(
            ("0198f6a2-1c3e-7b4a-9d5f-2e6c8a7b9d10", "orders-2", new AnomalyParameters { DelayMs = 200, JitterMs = 50 }, new TriggerSpec { Probability = 0.25 }, ulong.MaxValue, "ann"));
        anomaly.ExpiresAt.ShouldBe(Now.AddHours(1));
        (anomaly.Match.MessageType, anomaly.Match.Key, anomaly.Match.Headers!["tenant"]).ShouldBe(("payment-made", "k", "a"));
    }

    [Theory]
    [InlineData("""{"point": "consume.handle.before", "kind": "delay"}""", "request.missing", "parameters.delayMs", "from 0 to 600000")]
    [InlineData("""{"point": "consume.handle.before", "kind": "delay", "parameters": {"delayMs": -1}}""", "request.out-of-range", "parameters.delayMs", "is -1; it must be a whole number from 0 to 600000")]
    [InlineData("""{"point": "consume.handle.before", "kind": "delay", "parameters": {"delayMs": 1e30}}""", "request.out-of-range", "parameters.delayMs", "is 1e30; it must be")]
    [InlineData("""{"point": "consume.handle.before", "kind": "delay", "parameters": {"delayMs": "100"}}""", "request.wrong-type", "parameters.delayMs", "is \"100\"; it must be a whole number")]
    [InlineData("""{"point": "consume.handle.before", "kind": "delay", "parameters": {"delayMs": 1.5}}""", "request.wrong-type", "parameters.delayMs", "is 1.5")]
    [InlineData("""{"point": "consume.handle.before", "kind": "delay", "parameters": {"delayMs": 10, "jitterMs": 11}}""", "request.out-of-range", "parameters.jitterMs", "at most delayMs, which is 10")]
    [InlineData("""{"point": "consume.handle.before", "kind": "delay", "parameters": {"delayMs": 10, "copies": 1}}""", "request.unknown-member", "parameters.copies", "delayMs, jitterMs")]
    [InlineData("""{"point": "consume.handle.before", "kind": "delay", "parameters": 10}""", "request.wrong-type", "parameters", "it must be an object", "parameters.delayMs")]
    [InlineData("""{"point": "consume.receive.after", "kind": "corrupt", "parameters": {"mode": "bend"}}""", "request.out-of-range", "parameters.mode", "'bend'; it must be one of: truncate, flip, garbage")]
    [InlineData("""{"point": "consume.handle.before", "kind": "exception", "parameters": {"transient": "yes"}}""", "request.wrong-type", "parameters.transient", "true or false")]
    [InlineData("""{"point": "relay.send.before", "kind": "storm", "parameters": {"count": 10001}}""", "request.out-of-range", "parameters.count", "1 to 10000")]
    [InlineData("""{"point": "consume.handle.befor", "kind": "hang"}""", "anomaly.unknown-point", "point", "'consume.handle.befor'; it has: publish.store.before")]
    [InlineData("""{"kind": "hang"}""", "request.missing", "point", "one of: publish.store.before")]
    [InlineData("""{"point": "consume.handle.before"}""", "request.missing", "kind", "one of: delay")]
    [InlineData("""{"point": 7, "kind": "hang"}""", "request.wrong-type", "point", "is 7; it must be a text")]
    [InlineData("""{"point": "consume.handle.before", "kind": "explode"}""", "anomaly.unknown-kind", "kind", "'explode'; it must be one of: delay, exception")]
    [InlineData("""{"service": "shop/kitchen", "point": "consume.handle.before", "kind": "hang"}""", "anomaly.unknown-service", "service", "'shop/kitchen' is not here; this is 'shop/orders'")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "match": {"messageType": "order-placed"}}""", "anomaly.unknown-message-type", "match.messageType", "those that do: payment-made")]
    [InlineData("""{"point": "http.send.before", "kind": "hang", "match": {"messageType": "order-placed"}}""", "anomaly.nothing-to-match", "match.messageType", "HTTP requests pass", null)]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "match": {"path": "/x"}}""", "anomaly.nothing-to-match", "match.path", "messages pass")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "match": {"headers": {"a b": "x"}}}""", "anomaly.unknown-header", "match.headers.a b", "'a b' is no name of a header")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "match": {"headers": {"a": 1}}}""", "request.wrong-type", "match.headers.a", "it must be a text")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "match": {"messageId": "7"}}""", "request.wrong-type", "match.messageId", "a UUID")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "trigger": {"probability": 1.5}}""", "anomaly.bad-trigger", "trigger", "is 1.5; it must be above 0 and at most 1")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "trigger": {"probability": 0}}""", "anomaly.bad-trigger", "trigger", "above 0")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "trigger": {"once": true, "nth": 2}}""", "anomaly.bad-trigger", "trigger", "once and nth")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "trigger": {"nth": 0}}""", "request.out-of-range", "trigger.nth", "is 0")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "trigger": {"sometimes": 1}}""", "request.unknown-member", "trigger.sometimes", "once, nth, first, every, probability, while")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "trigger": "once"}""", "request.wrong-type", "trigger", "an object")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "trigger": {"while": {"until": "2025-12-31T00:00:00Z"}}}""", "anomaly.expired", "trigger.while.until", "later than now")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "expiresAt": "2026-01-01T00:00:00Z"}""", "anomaly.expired", "expiresAt", "later than now")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "expiresAt": "2027-01-01T00:00:00"}""", "request.wrong-type", "expiresAt", "with its offset")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "seed": -1}""", "request.wrong-type", "seed", "0 to 18446744073709551615")]
    [InlineData("""{"point": "consume.handle.before", "kind": "hang", "sevice": "x"}""", "request.unknown-member", "sevice", "id, service, instance, point")]
    [InlineData("""[]""", "request.not-an-object", "", "it is []")]
    public void Mistake_is_named_with_its_value_and_with_what_is_allowed(string json, string code, string field, string detail, string? alsoField = null)
    {
        AnomalyReading reading = Read(json);

        reading.Anomaly.ShouldBeNull();
        reading.Problems.Select(problem => problem.Field).ShouldBe(alsoField is null ? [field] : [field, alsoField]);
        reading.Problems[0].Problem.Code.ShouldBe(code);
        reading.Problems[0].Detail.ShouldContain(detail, Case.Sensitive);
    }

    [Fact]
    public void All_mistakes_are_told_at_once() =>
        Read("""{"service": "x", "point": "y", "kind": "z", "match": {"foo": 1}, "trigger": {"nth": 0}, "expiresAt": 5, "createdBy": ""}""")
            .Problems.Select(problem => problem.Field).ShouldBe(["service", "point", "kind", "match.foo", "trigger.nth", "expiresAt", "createdBy"], ignoreOrder: true);

    [Fact]
    public void Null_means_absent() =>
        Read("""{"id": null, "point": "consume.handle.before", "kind": "hang", "match": null, "trigger": null, "parameters": null, "seed": null}""").Anomaly.ShouldNotBeNull();

    [Fact]
    public void Every_problem_has_a_code_of_its_own_and_is_in_the_list()
    {
        ControlProblems.All.Select(problem => problem.Code).ShouldBeUnique();
        ControlProblems.All.ShouldAllBe(problem => problem.Status >= 400 && problem.Status < 600);
        typeof(ControlProblems).GetFields().Select(field => field.GetValue(null)).ShouldBe(ControlProblems.All, ignoreOrder: true);
    }

    [Fact]
    public void Point_that_the_service_does_not_have_is_unknown()
    {
        ServiceDescription small = Orders with { Points = [FaultPoints.HttpSendBefore.Name] };
        using JsonDocument json = JsonDocument.Parse("""{"point": "consume.handle.before", "kind": "hang"}""");

        AnomalyReader.Read(json.RootElement, small, Now).Problems.ShouldHaveSingleItem().Detail.ShouldEndWith("it has: http.send.before");
    }

    private static AnomalyReading Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return AnomalyReader.Read(document.RootElement, Orders, Now);
    }
}
