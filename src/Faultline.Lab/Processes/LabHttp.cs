using System.Net.Sockets;

namespace Faultline.Lab.Processes;

/// <summary>The HTTP clients of a lab, which speak to processes and links that die in the middle of anything.</summary>
internal static class LabHttp
{
    /// <summary>A client that speaks to this machine: never through its HTTP proxy, without cookies and redirects.</summary>
    /// <param name="handler">What is special about the connections.</param>
    /// <param name="limit">How long an answer may take.</param>
    public static HttpClient Over(SocketsHttpHandler handler, TimeSpan limit)
    {
        (handler.UseProxy, handler.UseCookies, handler.AllowAutoRedirect) = (false, false, false);
        return new HttpClient(new WithSocketFailures(handler)) { Timeout = limit };
    }

    /// <summary>
    /// A connection that the other side resets in the very moment in which it is open comes out of the runtime as a bare <see cref="SocketException"/>: it asks the new socket for its remote end, outside of
    /// what it turns into an <see cref="HttpRequestException"/>. Here it is what every other failure to connect is.
    /// </summary>
    internal sealed class WithSocketFailures(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (SocketException error)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, $"{error.Message} ({request.RequestUri?.Authority})", error);
            }
        }
    }
}
