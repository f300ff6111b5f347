using System.Net;
using Faultline.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Faultline.Anomalies.Hosting.Tests.Http;

public sealed class HttpClientTests
{
    private const string Send = "http.send.before";
    private const string Receive = "http.receive.after";

    [Theory, InlineData(Send, 0), InlineData(Receive, 1)]
    public async Task Exception_and_drop_fail_the_call_before_or_after_the_other_side_has_worked(string point, int done)
    {
        await using var scene = await Scene.StartAsync();
        foreach (string kind in new[] { "exception", "drop" })
        {
            int before = scene.Other.Done;
            string id = await scene.App.PlaceOnceAsync(point, kind);

            Exception error = await Should.ThrowAsync<Exception>(scene.CallAsync);

            (error.GetType(), scene.Other.Done - before).ShouldBe((kind == "drop" ? typeof(HttpRequestException) : typeof(FaultException), done));
            await scene.App.RemoveAsync(id);
            (await scene.CallAsync()).ShouldBe("done: work");
        }
    }

    [Theory, InlineData(Send, 0), InlineData(Receive, 1)]
    public async Task Hang_holds_the_call_until_the_anomaly_is_removed(string point, int done)
    {
        await using var scene = await Scene.StartAsync();
        string id = await scene.App.PlaceOnceAsync(point, "hang");

        Task<string> calling = scene.CallAsync();
        await scene.App.FiresAsync();

        (calling.IsCompleted, scene.Other.Done).ShouldBe((false, done));
        await scene.App.ShouldHaveFiredAsync(id, point, "hang");
        (await calling.WaitAsync(Limits.Hang, TimeProvider.System, TestContext.Current.CancellationToken)).ShouldBe("done: work");
    }

    [Theory, InlineData(Send), InlineData(Receive)]
    public async Task Corrupt_changes_the_request_or_the_reply(string point)
    {
        await using var scene = await Scene.StartAsync();
        string id = await scene.App.PlaceOnceAsync(point, "corrupt", """{"mode": "truncate"}""");

        string reply = await scene.CallAsync();

        (reply.Length < "done: work".Length, scene.Other.Last == "work").ShouldBe((true, point == Receive));
        await scene.App.ShouldHaveFiredAsync(id, point, "corrupt");
    }

    [Fact]
    public async Task Duplicate_sends_the_request_again()
    {
        await using var scene = await Scene.StartAsync();
        string id = await scene.App.PlaceOnceAsync(Send, "duplicate", """{"copies": 2}""");

        (await scene.CallAsync()).ShouldBe("done: work");

        scene.Other.Done.ShouldBe(3);
        await scene.App.ShouldHaveFiredAsync(id, Send, "duplicate");
    }

    [Theory, InlineData(Send, 0), InlineData(Receive, 1)]
    public async Task Crash_ends_the_process_at_the_point(string point, int done)
    {
        await using var scene = await Scene.StartAsync(crashes: true);
        string id = await scene.App.PlaceOnceAsync(point, "crash");

        await Should.ThrowAsync<ProcessEndException>(scene.CallAsync);

        scene.Other.Done.ShouldBe(done);
        await scene.App.ShouldHaveFiredAsync(id, point, "crash");
    }

    [Fact]
    public async Task Retries_of_the_client_itself_meet_the_fault_as_that_of_a_network()
    {
        await using var scene = await Scene.StartAsync(services => services.AddHttpClient("patient").AddHttpMessageHandler(() => new AgainHandler()));
        string id = await scene.App.PlaceOnceAsync(Send, "drop");

        (await scene.CallAsync("patient")).ShouldBe("done: work");

        scene.Other.Done.ShouldBe(1);
        await scene.App.ShouldHaveFiredAsync(id, Send, "drop");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Retry_of_a_request_sends_its_content_again_whether_or_not_its_stream_can_go_back(bool canSeek)
    {
        await using var scene = await Scene.StartAsync(services => services.AddHttpClient("patient").AddHttpMessageHandler(() => new AgainHandler()));
        string id = await scene.App.PlaceOnceAsync(Send, "drop");
        var bytes = new MemoryStream("work"u8.ToArray());
        Stream content = canSeek ? bytes : new System.IO.Compression.GZipStream(Zipped("work"), System.IO.Compression.CompressionMode.Decompress);

        using HttpResponseMessage reply = await scene.App.Services.GetRequiredService<IHttpClientFactory>().CreateClient("patient").PostAsync("http://other/", new StreamContent(content), TestContext.Current.CancellationToken);

        scene.Other.Last.ShouldBe("work");
        await scene.App.ShouldHaveFiredAsync(id, Send, "drop");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Retry_of_a_long_request_sends_all_of_it_again_or_fails_and_never_sends_less(bool canSeek)
    {
        await using var scene = await Scene.StartAsync(services => services.AddHttpClient("patient").AddHttpMessageHandler(() => new AgainHandler()));
        string text = new('x', 3 << 20);
        Stream content = canSeek ? new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) : new System.IO.Compression.GZipStream(Zipped(text), System.IO.Compression.CompressionMode.Decompress);
        HttpClient client = scene.App.Services.GetRequiredService<IHttpClientFactory>().CreateClient("patient");
        await scene.App.PlaceOnceAsync(Send, "drop");

        using HttpResponseMessage untouched = await client.PostAsync("http://other/", new StreamContent(content), TestContext.Current.CancellationToken);
        scene.Other.Last!.Length.ShouldBe(text.Length);

        content = canSeek ? new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) : new System.IO.Compression.GZipStream(Zipped(text), System.IO.Compression.CompressionMode.Decompress);
        await scene.App.PlaceOnceAsync(Receive, "drop"); // The first attempt has read the content to its end.
        Task<HttpResponseMessage> sending = client.PostAsync("http://other/", new StreamContent(content), TestContext.Current.CancellationToken);
        if (canSeek) (await sending).Dispose();
        else await Should.ThrowAsync<InvalidOperationException>(() => sending);
        (scene.Other.Last!.Length, scene.Other.Done).ShouldBe((text.Length, canSeek ? 3 : 2));
    }

    private static MemoryStream Zipped(string text)
    {
        var zipped = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(zipped, System.IO.Compression.CompressionMode.Compress, leaveOpen: true)) zip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        zipped.Position = 0;
        return zipped;
    }

    [Fact]
    public async Task Endless_reply_can_be_read_while_a_fault_is_set_and_a_long_request_goes_out_whole()
    {
        await using TestApp upstream = await TestApp.StartAsync(map: application =>
        {
            application.MapGet("/endless", async http =>
            {
                byte[] part = new byte[64 * 1024];
                while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(part, http.RequestAborted);
            });
            application.MapPost("/upload", async http =>
            {
                long length = 0;
                byte[] part = new byte[64 * 1024];
                for (int read; (read = await http.Request.Body.ReadAsync(part, http.RequestAborted)) > 0; length += read)
                {
                    part.AsSpan(0, read).Clear();
                }

                await http.Response.WriteAsync($"{length}");
            });
        });
        await using TestApp app = await TestApp.StartAsync(services: services => services.AddHttpClient("far", far => far.BaseAddress = upstream.Client.BaseAddress));
        HttpClient client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("far");
        CancellationToken stop = TestContext.Current.CancellationToken;
        string id = await app.PlaceOnceAsync(Receive, "corrupt", """{"mode": "garbage"}""", """{"path": "/endless"}""");

        using (HttpResponseMessage reply = await client.GetAsync("/endless", HttpCompletionOption.ResponseHeadersRead, stop).WaitAsync(Limits.Hang, TimeProvider.System, stop))
        {
            await using Stream body = await reply.Content.ReadAsStreamAsync(stop);
            byte[] start = new byte[4 << 20];
            await body.ReadExactlyAsync(start, stop).AsTask().WaitAsync(Limits.Hang, TimeProvider.System, stop);
            (start.AsSpan(0, 1 << 20).ContainsAnyExcept((byte)0), start.AsSpan(1 << 20).ContainsAnyExcept((byte)0)).ShouldBe((true, false));
        }

        using HttpResponseMessage stored = await client.PostAsync("/upload", new ByteArrayContent(new byte[5 << 20]), stop);
        (await stored.Content.ReadAsStringAsync(stop)).ShouldBe($"{5 << 20}");
        await app.ShouldHaveFiredAsync(id, Receive, "corrupt");
    }

    private sealed class AgainHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException)
            {
                return await base.SendAsync(request, cancellationToken);
            }
        }
    }

    /// <summary>The other side of the call.</summary>
    private sealed class Other : HttpMessageHandler
    {
        public int Done { get; private set; }

        public string? Last { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Last = await request.Content!.ReadAsStringAsync(cancellationToken);
            Done++;
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent($"done: {Last}") };
        }
    }

    private sealed class Scene(TestApp app, Other other) : IAsyncDisposable
    {
        public TestApp App => app;

        public Other Other => other;

        public static async Task<Scene> StartAsync(Action<IServiceCollection>? more = null, bool crashes = false)
        {
            var other = new Other();
            TestApp app = await TestApp.StartAsync(
                services: services =>
                {
                    services.ConfigureHttpClientDefaults(http => http.ConfigurePrimaryHttpMessageHandler(() => other));
                    more?.Invoke(services);
                },
                crashed: crashes ? _ => { }
            : null);
            return new Scene(app, other);
        }

        public Task<string> CallAsync() => CallAsync("");

        public async Task<string> CallAsync(string name)
        {
            HttpClient client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);
            using HttpResponseMessage reply = await client.PostAsync("http://other/work", new StringContent("work"));
            return await reply.Content.ReadAsStringAsync();
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
