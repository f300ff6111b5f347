using System.Net;
using System.Text.Json;
using Faultline.Hosting.Figures;
using Faultline.TestSupport;
using TicketFlow.Metrics.Live;

namespace TicketFlow.Tests.Metrics;

public sealed class LiveEndpointTests
{
    [Fact]
    public async Task Figures_of_this_moment_are_read_as_json()
    {
        await using MetricsServer server = await MetricsServer.StartAsync();
        server.Figures.Take(Reports.Of(1) with { Backlog = new Backlog { Queue = 3 } });

        using JsonDocument live = JsonDocument.Parse(await server.Client.GetStringAsync("/live", TestContext.Current.CancellationToken));

        JsonElement service = live.RootElement.GetProperty("services")[0];
        (service.GetProperty("service").GetString(), service.GetProperty("backlog").GetProperty("queue").GetInt32(), service.GetProperty("load").GetProperty("memoryBytes").GetInt64()).ShouldBe((Reports.Tickets, 3, 1_000));
    }

    [Fact]
    public async Task Viewer_gets_a_snapshot_at_once_and_the_next_one_a_second_later_with_all_that_changed()
    {
        await using MetricsServer server = await MetricsServer.StartAsync();
        using StreamReader viewer = await server.FollowAsync();
        (await NextAsync(viewer)).ShouldBe("""data: {"services":[],"isFull":false}""");
        await WaitsAsync(server);

        server.Figures.Take(Reports.Of(1));
        server.Figures.Take(Reports.Of(1, service: "ticketflow/sla"));
        server.Time.Advance(LiveFeed.PushGap - TimeSpan.FromMilliseconds(1));
        server.Figures.Take(Reports.Of(1, service: "ticketflow/inquiries"));
        server.Time.TimersWaiting.ShouldBe(1); // It has not even looked.
        server.Time.Advance(TimeSpan.FromMilliseconds(1));

        string second = await NextAsync(viewer);
        foreach (string service in (string[])["ticketflow/inquiries", "ticketflow/sla", Reports.Tickets]) second.ShouldContain($"\"{service}\"");
    }

    [Fact]
    public async Task Viewer_gets_nothing_while_nothing_changes_but_a_sign_of_life()
    {
        await using MetricsServer server = await MetricsServer.StartAsync();
        using StreamReader viewer = await server.FollowAsync();
        await NextAsync(viewer);

        for (TimeSpan passed = TimeSpan.Zero; passed < LiveFeed.KeepAlive; passed += LiveFeed.PushGap)
        {
            await WaitsAsync(server);
            server.Time.Advance(LiveFeed.PushGap);
        }

        (await NextAsync(viewer)).ShouldBe(": alive");
    }

    [Fact]
    public async Task Instance_that_falls_silent_is_pushed_as_late_without_a_report()
    {
        await using MetricsServer server = await MetricsServer.StartAsync();
        server.Figures.Take(Reports.Of(1));
        using StreamReader viewer = await server.FollowAsync();
        (await NextAsync(viewer)).ShouldContain("\"state\":\"up\"");

        for (TimeSpan passed = TimeSpan.Zero; passed < ReportedInstance.LateAfter; passed += LiveFeed.PushGap)
        {
            await WaitsAsync(server);
            server.Time.Advance(LiveFeed.PushGap);
        }

        (await NextAsync(viewer)).ShouldContain("\"state\":\"late\"");
    }

    [Fact]
    public async Task Viewer_who_leaves_gives_the_place_back_and_nothing_waits_for_him_any_more()
    {
        await using MetricsServer server = await MetricsServer.StartAsync();
        StreamReader viewer = await server.FollowAsync();
        await NextAsync(viewer);
        await WaitsAsync(server);

        viewer.Dispose();

        await Limits.UntilAsync(() => server.Time.TimersWaiting == 0, "the stream ends");
    }

    [Fact]
    public async Task Service_that_ends_ends_its_streams()
    {
        await using MetricsServer server = await MetricsServer.StartAsync();
        using StreamReader viewer = await server.FollowAsync();
        await NextAsync(viewer);

        await server.StopAsync().EndsAsync();

        (await viewer.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe("\n");
    }

    [Fact]
    public async Task Viewer_for_whom_there_is_no_place_is_told_so_and_gets_in_once_one_has_left()
    {
        await using MetricsServer server = await MetricsServer.StartAsync();
        for (int taken = 0; taken < LiveFeed.ViewersMax; taken++) server.Feed.TryEnter().ShouldBeTrue();

        using HttpResponseMessage refused = await server.Client.GetAsync("/live/events", TestContext.Current.CancellationToken);
        server.Feed.Leave();
        using StreamReader viewer = await server.FollowAsync();

        (refused.StatusCode, refused.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.ServiceUnavailable, "application/problem+json"));
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("live.too-many-viewers");
        (await NextAsync(viewer)).ShouldStartWith("data: ");
    }

    /// <summary>The next line that says something: data or a comment.</summary>
    private static async Task<string> NextAsync(StreamReader viewer)
    {
        while (await viewer.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Hang, TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal) || line.StartsWith(':')) return line;
        }

        throw new EndOfStreamException("The stream has ended.");
    }

    private static Task WaitsAsync(MetricsServer server) => Limits.UntilAsync(() => server.Time.TimersWaiting > 0, "the stream waits for its next look");
}
