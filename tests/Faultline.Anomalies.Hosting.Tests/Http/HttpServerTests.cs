using System.Net;
using Faultline.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Faultline.Anomalies.Hosting.Tests.Http;

public sealed class HttpServerTests
{
    private const string Request = "http.request.before";
    private const string Response = "http.response.before";

    [Theory, InlineData(Request, 0), InlineData(Response, 1)]
    public async Task Exception_is_answered_503_when_it_passes_and_500_when_it_lasts(string point, int handled)
    {
        await using TestApp app = await TestApp.StartAsync();

        string transient = await app.PlaceOnceAsync(point, "exception", """{"message": "no till"}""");
        using HttpResponseMessage first = await SellAsync(app);
        await app.ShouldHaveFiredAsync(transient, point, "exception");
        (first.StatusCode, first.Headers.RetryAfter!.ToString(), app.Handled).ShouldBe((HttpStatusCode.ServiceUnavailable, "1", handled));
        (await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("no till");

        await app.PlaceOnceAsync(point, "exception", """{"transient": false}""");
        using HttpResponseMessage second = await SellAsync(app);
        second.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await SoldAsync(app)).ShouldBe("sold: goods");
    }

    [Theory, InlineData(Request, 0), InlineData(Response, 1)]
    public async Task Drop_cuts_the_connection_before_or_after_the_work(string point, int handled)
    {
        await using TestApp app = await TestApp.StartAsync();
        string id = await app.PlaceOnceAsync(point, "drop");

        await Should.ThrowAsync<HttpRequestException>(() => SellAsync(app));

        app.Handled.ShouldBe(handled);
        await app.ShouldHaveFiredAsync(id, point, "drop");
        (await SoldAsync(app)).ShouldBe("sold: goods");
    }

    [Theory, InlineData(Request, 0), InlineData(Response, 1)]
    public async Task Hang_holds_the_request_until_the_anomaly_is_removed(string point, int handled)
    {
        await using TestApp app = await TestApp.StartAsync();
        string id = await app.PlaceOnceAsync(point, "hang");

        Task<HttpResponseMessage> selling = SellAsync(app);
        await app.FiresAsync();
        (selling.IsCompleted, app.Handled).ShouldBe((false, handled));
        await app.ShouldHaveFiredAsync(id, point, "hang");

        using HttpResponseMessage reply = await selling.WaitAsync(Limits.Hang, TimeProvider.System, TestContext.Current.CancellationToken);
        (reply.StatusCode, app.Handled).ShouldBe((HttpStatusCode.OK, 1));
    }

    [Theory, InlineData(Request, 0), InlineData(Response, 1)]
    public async Task Delay_holds_the_request_for_a_while(string point, int handled)
    {
        var time = new ManualTime();
        await using TestApp app = await TestApp.StartAsync(services: services => services.AddSingleton<TimeProvider>(time));
        string id = await app.PlaceOnceAsync(point, "delay", """{"delayMs": 600000}""");

        Task<HttpResponseMessage> selling = SellAsync(app);
        await app.FiresAsync();
        (selling.IsCompleted, app.Handled).ShouldBe((false, handled));
        // The timer is set a moment after the firing is recorded.
        await Limits.UntilAsync(() => Passed(time, selling), "the delay ends");

        using HttpResponseMessage reply = await selling;
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        await app.ShouldHaveFiredAsync(id, point, "delay");
    }

    [Theory, InlineData(Request), InlineData(Response)]
    public async Task Corrupt_changes_what_travels(string point)
    {
        await using TestApp app = await TestApp.StartAsync();
        string id = await app.PlaceOnceAsync(point, "corrupt", """{"mode": "truncate"}""");

        string reply = await SoldAsync(app);

        (app.Received == "goods", "sold: goods".StartsWith(reply, StringComparison.Ordinal) && reply.Length < 11).ShouldBe((point == Response, true));
        await app.ShouldHaveFiredAsync(id, point, "corrupt");
        (await SoldAsync(app)).ShouldBe("sold: goods");
    }

    [Fact]
    public async Task Reorder_lets_a_later_request_go_first()
    {
        await using TestApp app = await TestApp.StartAsync();
        string id = await app.PlaceOnceAsync(Request, "reorder");

        Task<HttpResponseMessage> first = SellAsync(app, "first");
        await app.FiresAsync();
        app.Handled.ShouldBe(0);
        using HttpResponseMessage second = await SellAsync(app, "second");

        second.StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage held = await first.WaitAsync(Limits.Hang, TimeProvider.System, TestContext.Current.CancellationToken);
        (held.StatusCode, app.Received, app.Handled).ShouldBe((HttpStatusCode.OK, "first", 2));
        await app.RemoveAsync(id);
    }

    [Theory, InlineData(Request, 0), InlineData(Response, 1)]
    public async Task Crash_ends_the_process_at_the_point(string point, int handled)
    {
        var crashes = new List<Exception>();
        await using TestApp app = await TestApp.StartAsync(crashed: crashes.Add);
        string id = await app.PlaceOnceAsync(point, "crash");

        using HttpResponseMessage reply = await SellAsync(app);

        (reply.StatusCode, crashes.Count, app.Handled).ShouldBe((HttpStatusCode.InternalServerError, 1, handled));
        await app.ShouldHaveFiredAsync(id, point, "crash");
    }

    [Fact]
    public async Task Health_checks_and_the_endpoints_themselves_are_not_hit_and_other_paths_only_when_they_match()
    {
        await using TestApp app = await TestApp.StartAsync();
        await app.ControlAsync(HttpMethod.Post, "/anomalies", """{"point": "http.request.before", "kind": "exception"}""");

        (await app.Client.GetStringAsync("/health", TestContext.Current.CancellationToken)).ShouldBe("healthy");
        using (HttpResponseMessage hit = await SellAsync(app)) hit.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await app.ControlAsync(HttpMethod.Delete, "/anomalies")).Status.ShouldBe(200);

        await app.ControlAsync(HttpMethod.Post, "/anomalies", """{"point": "http.request.before", "kind": "exception", "match": {"method": "POST", "path": "/other*"}}""");
        (await SoldAsync(app)).ShouldBe("sold: goods");
    }

    [Fact]
    public async Task Events_come_as_they_are_sent_while_a_fault_is_set_for_replies()
    {
        var over = new TaskCompletionSource();
        await using TestApp app = await TestApp.StartAsync(map: application => application.MapGet("/events", async http =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync("data: 1\n\n");
            await http.Response.Body.FlushAsync();
            await over.Task;
            await http.Response.WriteAsync("data: 2\n\n");
        }));
        string id = await app.PlaceOnceAsync(Response, "drop", match: """{"path": "/sales"}""");

        using HttpResponseMessage reply = await app.Client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Stop).WaitAsync(Limits.Hang, TimeProvider.System, Stop);
        using var events = new StreamReader(await reply.Content.ReadAsStreamAsync(Stop));
        (await events.ReadLineAsync(Stop).AsTask().WaitAsync(Limits.Hang, TimeProvider.System, Stop)).ShouldBe("data: 1");
        over.SetResult();
        (await events.ReadToEndAsync(Stop)).ShouldBe("\ndata: 2\n\n");
        await app.RemoveAsync(id);
    }

    [Fact]
    public async Task Reply_without_an_end_flows_while_a_fault_is_set_and_a_fault_changes_its_start()
    {
        await using TestApp app = await TestApp.StartAsync(map: application => application.MapGet("/endless", async http =>
        {
            byte[] part = new byte[64 * 1024];
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(part, http.RequestAborted);
        }));
        string id = await app.PlaceOnceAsync(Response, "corrupt", """{"mode": "garbage"}""");

        using HttpResponseMessage reply = await app.Client.GetAsync("/endless", HttpCompletionOption.ResponseHeadersRead, Stop).WaitAsync(Limits.Hang, TimeProvider.System, Stop);
        await using Stream body = await reply.Content.ReadAsStreamAsync(Stop);
        byte[] start = new byte[4 << 20];
        await body.ReadExactlyAsync(start, Stop).AsTask().WaitAsync(Limits.Hang, TimeProvider.System, Stop);

        start.AsSpan(0, 1 << 16).ContainsAnyExcept((byte)0).ShouldBeTrue("the start is noise");
        start.AsSpan(2 << 20).ContainsAnyExcept((byte)0).ShouldBeFalse("the rest is as it was sent");
        await app.ShouldHaveFiredAsync(id, Response, "corrupt");
    }

    [Fact]
    public async Task Reply_that_is_long_can_be_lost_and_its_length_still_fits_when_its_start_is_cut()
    {
        await using TestApp app = await TestApp.StartAsync(map: application => application.MapGet("/long", async http =>
        {
            byte[] part = new byte[3 << 19];
            http.Response.ContentLength = 2 * part.Length;
            for (int number = 0; number < 2; number++) await http.Response.Body.WriteAsync(part, http.RequestAborted);
        }));
        await app.PlaceOnceAsync(Response, "drop");
        await Should.ThrowAsync<HttpRequestException>(() => app.Client.GetAsync("/long", Stop));
        string id = await app.PlaceOnceAsync(Response, "corrupt", """{"mode": "truncate"}""");
        (await app.Client.GetByteArrayAsync("/long", Stop)).Length.ShouldBeInRange(2 << 20, (3 << 20) - 1);
        await app.RemoveAsync(id);
    }

    [Fact]
    public async Task Request_that_is_long_arrives_whole_behind_a_changed_start()
    {
        byte[]? arrived = null;
        await using TestApp app = await TestApp.StartAsync(map: application => application.MapPost("/upload", async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            arrived = body.ToArray();
        }));
        string id = await app.PlaceOnceAsync(Request, "corrupt", """{"mode": "garbage"}""");

        using HttpResponseMessage reply = await app.Client.PostAsync("/upload", new ByteArrayContent(new byte[5 << 20]), Stop);

        (reply.StatusCode, arrived!.Length).ShouldBe((HttpStatusCode.OK, 5 << 20));
        (arrived.AsSpan(0, 1 << 20).ContainsAnyExcept((byte)0), arrived.AsSpan(1 << 20).ContainsAnyExcept((byte)0)).ShouldBe((true, false));
        await app.ShouldHaveFiredAsync(id, Request, "corrupt");
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static bool Passed(ManualTime time, Task selling)
    {
        time.Advance(TimeSpan.FromSeconds(600));
        return selling.IsCompleted;
    }

    private static Task<HttpResponseMessage> SellAsync(TestApp app, string what = "goods") => app.Client.PostAsync("/sales", new StringContent(what));

    private static async Task<string> SoldAsync(TestApp app)
    {
        using HttpResponseMessage reply = await SellAsync(app);
        return await reply.Content.ReadAsStringAsync();
    }
}
