using System.Net;
using System.Net.Http.Json;
using Faultline.Lab.Live;
using Faultline.Lab.Systems;
using Faultline.Protocol;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Faultline.TestSupport;

namespace Faultline.Lab.Tests.Live;

public sealed class ServiceWatchTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Service _service = new();
    private readonly HttpClient _http;
    private readonly List<Firing> _told = [];
    private readonly ServiceWatch _watch;

    public ServiceWatchTests()
    {
        _http = new HttpClient(_service);
        _watch = new ServiceWatch(new ServiceClient(_http, () => [new Uri("http://127.0.0.1:1")], "token", "demo/echo"), _time, _told.AddRange);
    }

    public void Dispose()
    {
        _http.Dispose();
        _service.Dispose();
    }

    [Fact]
    public async Task What_fired_is_told_although_the_process_died_of_it_before_it_could_say_so()
    {
        Guid crash = _service.Place();
        await LookAsync();
        _service.Fire(crash);
        _service.DiesBeforeFirings = true;
        await LookAsync();
        _told.ShouldBeEmpty();

        _service.DiesBeforeFirings = false;
        await LookAsync();
        await LookAsync();

        _told.Select(firing => firing.AnomalyId).ShouldBe([crash]);
    }

    [Fact]
    public async Task What_fired_is_told_although_another_fault_that_had_fired_as_often_went_between_two_looks()
    {
        Guid first = _service.Place();
        _service.Fire(first);
        await LookAsync();

        _service.Remove(first);
        Guid second = _service.Place();
        _service.Fire(second);
        await LookAsync();

        _told.Select(firing => firing.AnomalyId).ShouldBe([first, second]);
    }

    private async Task LookAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(2));
        await _watch.PollAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The control endpoints of a service.</summary>
    private sealed class Service : HttpMessageHandler
    {
        private readonly List<Anomaly> _anomalies = [];
        private readonly List<Firing> _firings = [];

        public bool DiesBeforeFirings { get; set; }

        public Guid Place()
        {
            var anomaly = new Anomaly
            {
                Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch),
                Service = "demo/echo",
                Point = FaultPoints.TransactionCommitAfter.Name,
                Kind = FaultKinds.Crash,
                Parameters = new AnomalyParameters(),
                Match = new MatchSpec(),
                Seed = 1,
                CreatedBy = "test",
                CreatedAt = default,
                Order = _anomalies.Count + 1,
            };
            _anomalies.Add(anomaly);
            return anomaly.Id;
        }

        public void Fire(Guid id)
        {
            int index = _anomalies.FindIndex(anomaly => anomaly.Id == id);
            _anomalies[index] = _anomalies[index] with { Fired = _anomalies[index].Fired + 1 };
            _firings.Add(new Firing(_firings.Count + 1, id, "demo/echo", "echo-1", FaultPoints.TransactionCommitAfter.Name, FaultKinds.Crash, 1, null, null, null, null, 1, default));
        }

        public void Remove(Guid id) => _anomalies.RemoveAll(anomaly => anomaly.Id == id);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string path = request.RequestUri!.PathAndQuery;
            if (DiesBeforeFirings && path.Contains("/firings", StringComparison.Ordinal)) throw new HttpRequestException("the connection was closed");

            int after = path.Contains("after=", StringComparison.Ordinal) ? int.Parse(path.Split("after=")[1].Split('&')[0], System.Globalization.CultureInfo.InvariantCulture) : 0;
            object body = path switch
            {
                _ when path.Contains("/firings", StringComparison.Ordinal) => _firings.Skip(after).ToArray(),
                _ when path.EndsWith("/anomalies", StringComparison.Ordinal) => _anomalies,
                _ when path.EndsWith("/guards", StringComparison.Ordinal) => Array.Empty<GuardState>(),
                _ => new MessagingState { Service = "demo/echo" },
            };
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(body, body.GetType(), options: ProtocolJson.Options) });
        }
    }
}
