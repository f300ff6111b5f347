using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Faultline.Anomalies;
using Faultline.Hosting.Http;
using Restaurant.Orders.Guards;

namespace Restaurant.Orders.Calls;

/// <summary>A service that Orders depends on gives no usable answer, although it was asked as often as it may be.</summary>
internal sealed class PeerUnavailableException(string peer, string why, Exception? cause = null) : Exception($"{peer} cannot be used now: {why}", cause);

/// <summary>Where a call comes from: travels in headers, so that a lab can tell what belongs together.</summary>
/// <param name="Operation">The client's operation; null when unknown.</param>
/// <param name="Cell">The cell of a battery; null when there is none.</param>
internal sealed record CallOrigin(string? Operation, string? Cell);

/// <summary>How much a caller insists, with the guards <c>http-retry</c> and <c>breaker</c>.</summary>
/// <param name="TriesMax">Tries in all; at least 1.</param>
/// <param name="WaitsForBreaker">Whether it waits while the other side is left alone, in place of giving up at once.</param>
internal sealed record Insistence(int TriesMax, bool WaitsForBreaker)
{
    /// <summary>A customer waits for the answer: some tries, and a quick no is better than a late one.</summary>
    public static Insistence OfCustomer { get; } = new(5, WaitsForBreaker: false);

    /// <summary>A message is tried again anyway: one try, but a real one. To be turned away by our own breaker would use up its attempts while nobody asked the other side.</summary>
    public static Insistence OfMessage { get; } = new(1, WaitsForBreaker: true);
}

/// <summary>Calls one service, as the guards <c>http-retry</c> and <c>breaker</c> say: with a limit for each try and some tries, or once and for ever. Everything that is sent must be safe to repeat. Thread-safe.</summary>
internal sealed class Peer(string name, IHttpClientFactory clients, PeerAddresses addresses, ControlPanel control, TimeProvider time)
{
    public const string HttpClientName = "peers";

    /// <summary>Longer than a slow answer takes on its way there and back, and well below what a customer waits.</summary>
    public static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);
    private readonly Breaker _breaker = new(time);

    /// <summary>Sends a request and gives back the answer, whatever its status without the guard; with it, an answer of which trying again would not make another.</summary>
    /// <param name="make">Makes the request, once for each try.</param>
    /// <param name="origin">Where the call comes from.</param>
    /// <param name="insistence">How much the caller insists.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="PeerUnavailableException">With a guard: there is no such answer.</exception>
    /// <exception cref="HttpRequestException">Without <c>http-retry</c>: the only try failed.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CallOrigin origin, Insistence insistence, CancellationToken stop)
    {
        bool guarded = control.IsOn(OrderGuards.HttpRetry);
        string why = "";
        Exception? cause = null;
        for (int attempt = 1; attempt <= insistence.TriesMax; attempt++)
        {
            if (control.IsOn(OrderGuards.Breaker) && insistence.WaitsForBreaker) await _breaker.WaitToEnterAsync(stop);
            else if (control.IsOn(OrderGuards.Breaker) && !_breaker.Enter()) throw new PeerUnavailableException(name, "it failed several times in a row and is left alone for a moment", cause);

            try
            {
                HttpResponseMessage reply = await TryAsync(make, origin, guarded, stop);
                bool isWell = !IsPassing(reply.StatusCode);
                _breaker.Leave(isWell);
                if (isWell || !guarded) return reply;
                why = $"it answered {(int)reply.StatusCode}";
                reply.Dispose();
            }
            catch (Exception error) when (IsOfTheWire(error) || (error is OperationCanceledException && !stop.IsCancellationRequested))
            {
                _breaker.Leave(isWell: false);
                if (!guarded) throw;
                (why, cause) = (IsOfTheWire(error) ? error.Message : $"no answer within {TryLimit.TotalSeconds:0} s", error);
            }
            catch
            {
                _breaker.Leave(isWell: null); // Given up by us.
                throw;
            }

            if (attempt < insistence.TriesMax) await Task.Delay(PauseAfter(attempt), time, stop);
        }

        throw new PeerUnavailableException(name, insistence.TriesMax == 1 ? why : $"{why}, at the last of {insistence.TriesMax} tries", cause);
    }

    /// <summary>Doubles, and half of it is left to chance, so that those who failed together do not come back together.</summary>
    private static TimeSpan PauseAfter(int attempt) => PauseMin * Math.Pow(2, attempt - 1) * (0.5 + (RandomNumberGenerator.GetInt32(1_000) / 1_000.0));

    private async Task<HttpResponseMessage> TryAsync(Func<HttpRequestMessage> make, CallOrigin origin, bool limited, CancellationToken stop)
    {
        using HttpRequestMessage request = make();
        request.RequestUri = new Uri(addresses.Of(name), request.RequestUri!);
        if (origin.Operation is { } operation) request.Headers.TryAddWithoutValidation(OperationHeaders.Operation, operation);
        if (origin.Cell is { } cell) request.Headers.TryAddWithoutValidation(OperationHeaders.Cell, cell);
        HttpClient http = clients.CreateClient(HttpClientName);
        if (!limited) return await http.SendAsync(request, stop);

        using var limit = new CancellationTokenSource(TryLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        return await http.SendAsync(request, either.Token);
    }

    /// <summary>A connection that is reset in the moment in which it is open comes out of the runtime as a bare <see cref="SocketException"/>.</summary>
    private static bool IsOfTheWire(Exception error) => error is HttpRequestException or SocketException;

    private static bool IsPassing(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;
}
