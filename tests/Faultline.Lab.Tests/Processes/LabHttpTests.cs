using System.Net.Sockets;
using Faultline.Lab.Processes;

namespace Faultline.Lab.Tests.Processes;

public sealed class LabHttpTests
{
    [Fact]
    public async Task A_connection_that_is_reset_while_it_opens_is_a_failed_request()
    {
        using var http = new HttpClient(new LabHttp.WithSocketFailures(new ResetWhileOpening()));

        HttpRequestException failure = await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync("http://127.0.0.1:7/health", TestContext.Current.CancellationToken));

        failure.HttpRequestError.ShouldBe(HttpRequestError.ConnectionError);
        failure.Message.ShouldContain("127.0.0.1:7");
    }

    /// <summary>Fails as the runtime does when the new socket has no remote end any more.</summary>
    private sealed class ResetWhileOpening : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new SocketException((int)SocketError.NotConnected);
    }
}
