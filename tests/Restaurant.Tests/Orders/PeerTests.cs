using System.Net;
using System.Net.Sockets;
using Faultline.Anomalies;
using Faultline.Hosting.Http;
using Faultline.TestSupport;
using Restaurant.Orders.Calls;

namespace Restaurant.Tests.Orders;

public sealed class PeerTests : IDisposable
{
    private static readonly CallOrigin Somewhere = new(Operation: null, Cell: null);

    private readonly ManualTime _time = new();
    private readonly OtherSide _loyalty = new();
    private readonly FaultPipeline _points;
    private readonly ControlPanel _control;
    private readonly Peer _peer;

    public PeerTests()
    {
        var store = new MemoryControlStore();
        _points = new FaultPipeline("orders-1", store, _time, log: null);
        _control = new ControlPanel("restaurant/orders", store, _points, _time);
        _peer = new Peer("loyalty", _loyalty, new PeerAddresses("restaurant/orders", new Dictionary<string, string> { ["loyalty"] = "http://127.0.0.1:8081" }), _control, _time);
    }

    public void Dispose()
    {
        _control.Dispose();
        _points.Dispose();
        _loyalty.Dispose();
    }

    [Fact]
    public async Task A_customer_gets_a_quick_no_while_the_other_side_is_left_alone()
    {
        await FailUntilLeftAloneAsync();
        int asked = _loyalty.Asked;

        PeerUnavailableException no = await Should.ThrowAsync<PeerUnavailableException>(() => SendAsync(Insistence.OfCustomer));

        no.Message.ShouldContain("left alone for a moment");
        _loyalty.Asked.ShouldBe(asked);
    }

    [Fact]
    public async Task A_message_waits_until_the_other_side_may_be_asked_and_asks_it_once()
    {
        await FailUntilLeftAloneAsync();
        int asked = _loyalty.Asked;
        Task<HttpResponseMessage> sending = SendAsync(Insistence.OfMessage);
        sending.IsCompleted.ShouldBeFalse();

        _time.Advance(Breaker.OpenFor);

        (await Should.ThrowAsync<PeerUnavailableException>(() => sending.WaitAsync(Limits.Hang, TestContext.Current.CancellationToken))).Message.ShouldContain("answered 503");
        _loyalty.Asked.ShouldBe(asked + 1);
    }

    [Fact]
    public async Task A_message_that_waited_gets_its_answer_when_the_other_side_is_well_again()
    {
        await FailUntilLeftAloneAsync();
        _loyalty.Status = HttpStatusCode.OK;
        Task<HttpResponseMessage> sending = SendAsync(Insistence.OfMessage);

        _time.Advance(Breaker.OpenFor);

        using HttpResponseMessage reply = await sending.WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_connection_that_is_reset_while_it_opens_is_tried_again_like_any_other_failure()
    {
        _loyalty.Status = HttpStatusCode.OK;
        _loyalty.Fails = new SocketException((int)SocketError.NotConnected);
        Task<HttpResponseMessage> sending = SendAsync(Insistence.OfCustomer);
        _loyalty.Asked.ShouldBe(1);
        _loyalty.Fails = null;

        _time.Advance(TimeSpan.FromSeconds(1));

        using HttpResponseMessage reply = await sending.WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task FailUntilLeftAloneAsync()
    {
        for (int failure = 0; failure < Breaker.FailuresMax; failure++) await Should.ThrowAsync<PeerUnavailableException>(() => SendAsync(Insistence.OfMessage));
    }

    private Task<HttpResponseMessage> SendAsync(Insistence insistence) =>
        _peer.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri("/customer-discounts/c1", UriKind.Relative)), Somewhere, insistence, TestContext.Current.CancellationToken);

    /// <summary>Answers every call at once, with one status.</summary>
    private sealed class OtherSide : HttpMessageHandler, IHttpClientFactory
    {
        public HttpStatusCode Status { get; set; } = HttpStatusCode.ServiceUnavailable;

        /// <summary>What happens in place of an answer; null for an answer.</summary>
        public Exception? Fails { get; set; }

        public int Asked { get; private set; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            return Fails is { } error ? Task.FromException<HttpResponseMessage>(error) : Task.FromResult(new HttpResponseMessage(Status));
        }
    }
}
