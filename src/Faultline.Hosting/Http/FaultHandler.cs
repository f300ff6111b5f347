using Faultline.Anomalies;
using Faultline.Protocol.Faults;

namespace Faultline.Hosting.Http;

/// <summary>The fault points of the HTTP client: <c>http.send.before</c> and <c>http.receive.after</c>. Put it first into a client's chain of handlers.</summary>
public sealed class FaultHandler(FaultPipeline faults) : DelegatingHandler
{
    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!faults.IsArmed(FaultPoints.HttpSendBefore) && !faults.IsArmed(FaultPoints.HttpReceiveAfter)) return await base.SendAsync(request, cancellationToken);

        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        Passage sending = PassageOf(request, body);
        if (faults.IsArmed(FaultPoints.HttpSendBefore)) await faults.PassAsync(FaultPoints.HttpSendBefore, sending, cancellationToken);
        if (sending.Fate == PassageFate.Lost) throw new HttpRequestException("the request was lost on the way");

        for (int copy = 0; copy < sending.Copies; copy++) (await base.SendAsync(CopyOf(request, sending.Body), cancellationToken)).Dispose();
        HttpResponseMessage response = await base.SendAsync(CopyOf(request, sending.Body), cancellationToken);
        return await ReceiveAsync(request, response, cancellationToken);
    }

    private async Task<HttpResponseMessage> ReceiveAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken stop)
    {
        if (!faults.IsArmed(FaultPoints.HttpReceiveAfter)) return response;

        Passage passage = PassageOf(request, await response.Content.ReadAsByteArrayAsync(stop));
        await faults.PassAsync(FaultPoints.HttpReceiveAfter, passage, stop);
        if (passage.Fate == PassageFate.Lost)
        {
            response.Dispose();
            throw new HttpRequestException("the reply was lost on the way; the other side may have done the work");
        }

        HttpContent changed = new ReadOnlyMemoryContent(passage.Body);
        foreach ((string name, IEnumerable<string> values) in response.Content.Headers.Where(header => header.Key != "Content-Length")) changed.Headers.TryAddWithoutValidation(name, values);
        response.Content = changed;
        return response;
    }

    private static Passage PassageOf(HttpRequestMessage request, ReadOnlyMemory<byte> body) => new()
    {
        MessageType = $"{request.Method} {request.RequestUri?.AbsolutePath}",
        Method = request.Method.Method,
        Path = request.RequestUri?.AbsolutePath,
        OperationId = request.Headers.TryGetValues(OperationHeaders.Operation, out IEnumerable<string>? values) ? values.FirstOrDefault() : null,
        Headers = request.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        Body = body,
    };

    private static HttpRequestMessage CopyOf(HttpRequestMessage request, ReadOnlyMemory<byte> body)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        foreach ((string name, IEnumerable<string> values) in request.Headers) copy.Headers.TryAddWithoutValidation(name, values);
        if (request.Content is null) return copy;
        copy.Content = new ReadOnlyMemoryContent(body);
        foreach ((string name, IEnumerable<string> values) in request.Content.Headers.Where(header => header.Key != "Content-Length")) copy.Content.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }
}
