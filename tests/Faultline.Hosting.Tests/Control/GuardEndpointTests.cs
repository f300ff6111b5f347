using System.Text.Json;
using Faultline.Protocol.Guards;

namespace Faultline.Hosting.Tests.Control;

public sealed class GuardEndpointTests
{
    [Fact]
    public async Task Guard_is_switched_at_once_and_the_list_shows_it()
    {
        await using ControlServer server = await ControlServer.StartAsync();

        var (status, body, _) = await server.SendAsync(HttpMethod.Put, "/guards/inbox", """{"on": false}""");

        (status, body.GetProperty("on").GetBoolean(), body.GetProperty("service").GetString()).ShouldBe((200, false, "shop/orders"));
        (server.Panel.Guards.Inbox, server.Panel.Guards.Outbox).ShouldBe((false, true));
        JsonElement[] guards = [.. (await server.SendAsync(HttpMethod.Get, "/guards")).Body.EnumerateArray()];
        guards.Select(guard => guard.GetProperty("name").GetString()).ShouldBe([.. GuardNames.All.Select(guard => guard.Name), "menu-cache"]);
        guards.Where(guard => !guard.GetProperty("on").GetBoolean()).ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("inbox");
    }

    [Fact]
    public async Task Guard_of_the_service_itself_is_switched_like_the_others()
    {
        await using ControlServer server = await ControlServer.StartAsync();

        await server.SendAsync(HttpMethod.Put, "/guards/menu-cache", """{"on": false}""");

        server.Panel.IsOn("menu-cache").ShouldBeFalse();
    }

    [Theory]
    [InlineData("inbocks", """{"on": false}""", 404, "guard.unknown", "it has: idempotency-key, outbox")]
    [InlineData("inbox", """{"on": "no"}""", 400, "request.wrong-type", "on is \"no\"; it must be true or false")]
    [InlineData("inbox", """{}""", 400, "request.missing", "on is missing")]
    [InlineData("inbox", """{"off": true, "on": true}""", 400, "request.unknown-member", "'off' is not known here; allowed are: on")]
    [InlineData("inbox", "", 400, "request.not-an-object", "it is empty")]
    public async Task Mistake_is_told(string guard, string json, int status, string code, string detail)
    {
        await using ControlServer server = await ControlServer.StartAsync();

        var reply = await server.SendAsync(HttpMethod.Put, $"/guards/{guard}", json);

        (reply.Status, reply.Body.GetProperty("code").GetString()).ShouldBe((status, code));
        reply.Body.GetProperty("detail").GetString()!.ShouldContain(detail);
        server.Panel.Guards.Inbox.ShouldBeTrue();
    }
}
