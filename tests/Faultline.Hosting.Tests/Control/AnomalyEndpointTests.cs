using System.Text.Json;
using Faultline.Anomalies;
using Faultline.Protocol.Faults;

namespace Faultline.Hosting.Tests.Control;

public sealed class AnomalyEndpointTests
{
    private const string Id = "0198f6a2-1c3e-7b4a-9d5f-2e6c8a7b9d10";
    private const string Drop = $$$"""{"id": "{{{Id}}}", "point": "consume.receive.after", "kind": "drop", "trigger": {"once": true}}""";

    [Fact]
    public async Task Placed_anomaly_is_in_force_and_listed_and_gone_after_removal()
    {
        await using ControlServer server = await ControlServer.StartAsync();

        var (status, placed, response) = await server.SendAsync(HttpMethod.Post, "/anomalies", """{"point": "consume.receive.after", "kind": "duplicate"}""");
        string id = placed.GetProperty("id").GetString()!;

        (status, response.Headers.Location!.ToString()).ShouldBe((201, $"/anomalies/{id}"));
        server.Points.IsArmed(FaultPoints.ConsumeReceiveAfter).ShouldBeTrue();
        JsonElement listed = (await server.SendAsync(HttpMethod.Get, "/anomalies")).Body.EnumerateArray().ShouldHaveSingleItem();
        (listed.GetProperty("id").GetString(), listed.GetProperty("parameters").GetProperty("copies").GetInt32(), listed.GetProperty("fired").GetInt32()).ShouldBe((id, 1, 0));

        (await server.SendAsync(HttpMethod.Delete, $"/anomalies/{id}")).Status.ShouldBe(204);
        server.Points.IsArmed(FaultPoints.ConsumeReceiveAfter).ShouldBeFalse();
        var gone = await server.SendAsync(HttpMethod.Delete, $"/anomalies/{id}");
        (gone.Status, Code(gone.Body)).ShouldBe((404, "anomaly.not-found"));
    }

    [Fact]
    public async Task Same_anomaly_again_is_200_and_another_one_of_its_id_409()
    {
        await using ControlServer server = await ControlServer.StartAsync();

        (await server.SendAsync(HttpMethod.Post, "/anomalies", Drop)).Status.ShouldBe(201);
        (await server.SendAsync(HttpMethod.Post, "/anomalies", Drop)).Status.ShouldBe(200);
        var other = await server.SendAsync(HttpMethod.Post, "/anomalies", Drop.Replace("drop", "swallow", StringComparison.Ordinal));

        (other.Status, Code(other.Body)).ShouldBe((409, "anomaly.id-taken"));
        other.Body.GetProperty("detail").GetString()!.ShouldContain("'drop' at 'consume.receive.after'");
    }

    [Fact]
    public async Task Clear_removes_all_and_says_how_many()
    {
        await using ControlServer server = await ControlServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/anomalies", Drop);
        await server.SendAsync(HttpMethod.Post, "/anomalies", """{"point": "relay.send.before", "kind": "hang"}""");

        (await server.SendAsync(HttpMethod.Delete, "/anomalies")).Body.GetProperty("removed").GetInt32().ShouldBe(2);
        (await server.SendAsync(HttpMethod.Get, "/anomalies")).Body.GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Problem_is_a_problem_document_with_code_field_value_and_what_is_allowed()
    {
        await using ControlServer server = await ControlServer.StartAsync();

        var (status, body, response) = await server.SendAsync(HttpMethod.Post, "/anomalies", """{"point": "transaction.commit.after", "kind": "storm"}""");

        (status, response.Content.Headers.ContentType!.MediaType).ShouldBe((400, "application/problem+json"));
        (Code(body), body.GetProperty("type").GetString(), body.GetProperty("status").GetInt32()).ShouldBe(("anomaly.refused", "urn:faultline:problem:anomaly.refused", 400));
        body.GetProperty("detail").GetString()!.ShouldEndWith("It makes sense at: publish.send.before, relay.send.before, consume.receive.after");
        body.GetProperty("problems").EnumerateArray().ShouldHaveSingleItem().GetProperty("field").GetString().ShouldBe("kind");
    }

    [Fact]
    public async Task All_problems_are_told_at_once()
    {
        await using ControlServer server = await ControlServer.StartAsync();

        var (status, body, _) = await server.SendAsync(HttpMethod.Post, "/anomalies", """{"point": "nowhere", "kind": "delay", "parameters": {"delayMs": "x"}, "surprise": 1}""");

        (status, Code(body)).ShouldBe((400, "request.several-problems"));
        body.GetProperty("problems").EnumerateArray().Select(problem => problem.GetProperty("code").GetString())
            .ShouldBe(["request.unknown-member", "anomaly.unknown-point", "request.wrong-type"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("{", "JSON object")]
    [InlineData("[1]", "it is [1]")]
    [InlineData("""{"kind": "drop", "kind": "hang"}""", "kind")]
    public async Task Body_that_is_no_json_object_is_told(string json, string detail)
    {
        await using ControlServer server = await ControlServer.StartAsync();

        var (status, body, _) = await server.SendAsync(HttpMethod.Post, "/anomalies", json);

        (status, Code(body)).ShouldBe((400, "request.not-an-object"));
        body.GetProperty("detail").GetString()!.ShouldContain(detail);
    }

    [Fact]
    public async Task Body_that_is_too_large_is_told()
    {
        await using ControlServer server = await ControlServer.StartAsync();

        var (status, body, _) = await server.SendAsync(HttpMethod.Post, "/anomalies", $$"""{"createdBy": "{{new string('x', 70_000)}}"}""");

        (status, Code(body)).ShouldBe((400, "request.not-an-object"));
    }

    [Fact]
    public async Task Points_offer_only_what_the_service_has_and_what_is_not_refused()
    {
        await using ControlServer server = await ControlServer.StartAsync();

        JsonElement body = (await server.SendAsync(HttpMethod.Get, "/anomalies/points")).Body;

        JsonElement[] points = [.. body.GetProperty("points").EnumerateArray()];
        points.Select(point => point.GetProperty("name").GetString()).ShouldBe(ControlServer.Description.Points);
        JsonElement receive = points.Single(point => point.GetProperty("name").GetString() == "consume.receive.after");
        receive.GetProperty("messageTypes").EnumerateArray().Select(type => type.GetString()).ShouldBe(["payment-made"]);
        string[] offered = [.. points.SelectMany(point => point.GetProperty("kinds").EnumerateArray().Select(kind => $"{kind.GetProperty("name")} at {point.GetProperty("name")}"))];
        offered.ShouldBe(
            FaultTable.All.Where(cell => cell.Effect != FaultEffect.Refused && ControlServer.Description.Points.Contains(cell.Point.Name)).Select(cell => $"{cell.Kind} at {cell.Point}"), ignoreOrder: true);
        JsonElement delay = body.GetProperty("kinds").EnumerateArray().First();
        (delay.GetProperty("name").GetString(), delay.GetProperty("parameters")[0].GetProperty("name").GetString(), delay.GetProperty("parameters")[0].GetProperty("max").GetInt32())
            .ShouldBe(("delay", "delayMs", 600_000));
    }

    [Fact]
    public async Task Firings_come_page_by_page()
    {
        await using ControlServer server = await ControlServer.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/anomalies", """{"point": "consume.receive.after", "kind": "drop"}""");
        for (int message = 0; message < 3; message++)
        {
            await server.Points.PassAsync(FaultPoints.ConsumeReceiveAfter, new Passage { MessageType = "payment-made", OperationId = $"op-{message}" }, CancellationToken.None);
        }

        JsonElement first = (await server.SendAsync(HttpMethod.Get, "/anomalies/firings?limit=2")).Body;
        JsonElement rest = (await server.SendAsync(HttpMethod.Get, $"/anomalies/firings?after={first[1].GetProperty("id")}")).Body;

        first.EnumerateArray().Concat(rest.EnumerateArray()).Select(firing => firing.GetProperty("operationId").GetString()).ShouldBe(["op-0", "op-1", "op-2"]);
    }

    [Theory, InlineData("after=-1", "after is '-1'"), InlineData("limit=0", "1 to 1000"), InlineData("limit=many", "'many'"), InlineData("limit=1001", "1001")]
    public async Task Wrong_page_is_told(string query, string detail)
    {
        await using ControlServer server = await ControlServer.StartAsync();

        var (status, body, _) = await server.SendAsync(HttpMethod.Get, $"/anomalies/firings?{query}");

        (status, Code(body)).ShouldBe((400, "request.out-of-range"));
        body.GetProperty("detail").GetString()!.ShouldContain(detail);
    }

    private static string? Code(JsonElement problem) => problem.GetProperty("code").GetString();
}
