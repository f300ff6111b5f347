using System.Net;
using System.Text;
using System.Text.Json;
using Faultline.Lab.Processes;
using Faultline.Lab.Steps;
using Faultline.Protocol.Histories;
using Faultline.TestSupport;
using Faultline.Triggers;
using Faultline.Verification.Experiments;

namespace Faultline.Lab.Tests.Steps;

public sealed class StepsWorkloadTests : IDisposable
{
    private readonly HttpListener _server = new();
    private readonly Uri _address;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<string> _seen = [];

    public StepsWorkloadTests()
    {
        _address = new Uri($"http://127.0.0.1:{new FreePorts(nameof(StepsWorkloadTests)).Take()}/");
        _server.Prefixes.Add(_address.ToString());
        _server.Start();
    }

    public void Dispose()
    {
        _server.Close();
        _http.Dispose();
    }

    [Theory]
    [InlineData("POST", "200", 1, Outcome.Ok, 1)]
    [InlineData("POST", "409", 3, Outcome.Failed, 1)]
    [InlineData("POST", "503", 1, Outcome.Unknown, 1)]
    [InlineData("POST", "503 200", 3, Outcome.Ok, 2)]
    [InlineData("POST", "503 409", 3, Outcome.Unknown, 2)] // The first attempt may have been done.
    [InlineData("POST", "cut 200", 3, Outcome.Ok, 2)]
    [InlineData("POST", "cut", 1, Outcome.Unknown, 1)]
    [InlineData("POST", "202", 1, Outcome.Unknown, 1)] // Not what was expected, and no refusal either.
    [InlineData("GET", "503 503", 2, Outcome.Failed, 2)] // A read without an answer did no harm.
    [InlineData("GET", "404", 3, Outcome.Failed, 1)]
    public async Task The_end_of_an_operation_says_what_the_client_can_know(string method, string answers, int attemptsMax, Outcome outcome, int attempts)
    {
        Task answering = AnswerAsync(answers.Split(' '));

        OperationEnd end = await RunAsync(new HttpStep("shop/orders", method, "/orders", null) { AttemptsMax = attemptsMax, Expect = [200], Within = Limits.Hang });

        (end.Outcome, end.Attempts).ShouldBe((outcome, attempts));
        await answering;
    }

    [Fact]
    public async Task A_request_that_nobody_answers_in_time_leaves_open_whether_it_was_done()
    {
        var time = new ManualTime();
        var within = TimeSpan.FromSeconds(2);
        Task arriving = AnswerAsync(["silence"]);
        Task<OperationEnd> ending = RunAsync(time, new HttpStep("shop/orders", "POST", "/orders", null) { Within = within });

        await arriving;
        ending.IsCompleted.ShouldBeFalse("no time has passed");
        time.Advance(within);

        OperationEnd end = await ending;
        (end.Outcome, end.Attempts, end.Error).ShouldBe((Outcome.Unknown, 1, "POST /orders: no answer within 2 s"));
    }

    [Fact]
    public async Task A_refused_connection_is_certainly_not_done()
    {
        _server.Stop();

        (await RunAsync(new HttpStep("shop/orders", "POST", "/orders", null) { AttemptsMax = 2 })).Outcome.ShouldBe(Outcome.Failed);
    }

    [Fact]
    public async Task What_a_step_captures_goes_into_the_next_one_and_a_refusal_after_a_write_that_was_done_is_unknown()
    {
        Task answering = AnswerAsync(["""200 {"order": {"id": 7}}""", "404"]);

        OperationEnd end = await RunAsync(
            new HttpStep("shop/orders", "POST", "/orders", null) { Json = Json("""{"of": "{operation}"}"""), Headers = new Dictionary<string, string> { ["Idempotency-Key"] = "{operation}" }, Capture = new Dictionary<string, string> { ["id"] = "order.id" } },
            new HttpStep("shop/orders", "GET", "/orders/{operation}/{id}", null));

        await answering;
        _seen.ShouldBe(["""POST /orders cell/000001 {"of":"cell/000001"}""", "GET /orders/cell%2F000001/7  "]);
        (end.Outcome, end.Subject, end.Error).ShouldBe((Outcome.Unknown, "7", "GET /orders/{operation}/{id}: answered 404"));
    }

    private Task<OperationEnd> RunAsync(params HttpStep[] steps) => RunAsync(TimeProvider.System, steps);

    private Task<OperationEnd> RunAsync(TimeProvider time, params HttpStep[] steps)
    {
        var workload = new StepsWorkload(new WorkloadDescription("order", "orders"), [.. steps.Select(step => step with { Pause = TimeSpan.Zero })], [], "{id}");
        return workload.RunAsync(
            new WorkloadCall("order", "cell/000001", "cell", 1, new Seed(1), new Dictionary<string, JsonElement>(), _http, _ => _address, TimeSpan.FromSeconds(40), time), TestContext.Current.CancellationToken);
    }

    private async Task AnswerAsync(IEnumerable<string> answers)
    {
        foreach (string answer in answers)
        {
            HttpListenerContext context = await _server.GetContextAsync().WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
            using var reader = new StreamReader(context.Request.InputStream);
            _seen.Add($"{context.Request.HttpMethod} {context.Request.RawUrl} {context.Request.Headers["Idempotency-Key"]} {await reader.ReadToEndAsync(TestContext.Current.CancellationToken)}");
            if (answer == "silence") return;
            if (answer == "cut")
            {
                // The listener answers an abort of what has not begun with an empty 200; a reply of which most is missing is one that was cut.
                context.Response.ContentLength64 = 100;
                await context.Response.OutputStream.WriteAsync("{"u8.ToArray(), TestContext.Current.CancellationToken);
                context.Response.Abort();
                continue;
            }

            context.Response.StatusCode = int.Parse(answer[..3], System.Globalization.CultureInfo.InvariantCulture);
            byte[] body = Encoding.UTF8.GetBytes(answer.Length > 3 ? answer[4..] : "{}");
            context.Response.ContentLength64 = body.Length;
            await context.Response.OutputStream.WriteAsync(body, TestContext.Current.CancellationToken);
            context.Response.Close();
        }
    }

    private static JsonElement Json(string text)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
