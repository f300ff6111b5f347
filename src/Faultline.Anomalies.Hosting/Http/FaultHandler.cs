using Faultline.Protocol.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace Faultline.Anomalies.Hosting.Http;

/// <summary>The fault points of the HTTP client: <c>http.send.before</c> and <c>http.receive.after</c>. Clients of the factory have it by themselves; others put it last into their chain of handlers.</summary>
/// <param name="faults">The fault points of this process.</param>
public sealed class FaultHandler(FaultPipeline faults) : DelegatingHandler
{
    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!faults.IsArmed(FaultPoints.HttpSendBefore) && !faults.IsArmed(FaultPoints.HttpReceiveAfter)) return await base.SendAsync(request, cancellationToken);

        ReadOnlyMemory<byte> start = await StartOf(request, cancellationToken);
        Passage sending = PassageOf(request, start);
        if (faults.IsArmed(FaultPoints.HttpSendBefore)) await faults.PassAsync(FaultPoints.HttpSendBefore, sending, cancellationToken);
        if (sending.Fate == PassageFate.Lost) throw new HttpRequestException("the request was lost on the way");

        // One that is longer than its start may have a stream that can be read only once.
        for (int copy = 0; request.Content is not LongContent && copy < sending.Copies; copy++) (await base.SendAsync(CopyOf(request, start, sending.Body), cancellationToken)).Dispose();
        HttpResponseMessage response = await base.SendAsync(CopyOf(request, start, sending.Body), cancellationToken);
        return await ReceiveAsync(request, response, cancellationToken);
    }

    private async Task<HttpResponseMessage> ReceiveAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken stop)
    {
        if (!faults.IsArmed(FaultPoints.HttpReceiveAfter)) return response;

        // Of a reply whose reader waits for the parts nothing is read ahead.
        bool isLive = BodyStart.IsLive(response.Content.Headers.ContentType?.MediaType);
        Stream body = await response.Content.ReadAsStreamAsync(stop);
        (ReadOnlyMemory<byte> start, bool isAll) = isLive ? (ReadOnlyMemory<byte>.Empty, false) : await BodyStart.ReadAsync(body, stop);
        Passage passage = PassageOf(request, start);
        await faults.PassAsync(FaultPoints.HttpReceiveAfter, passage, stop);
        if (passage.Fate == PassageFate.Lost)
        {
            response.Dispose();
            throw new HttpRequestException("the reply was lost on the way; the other side may have done the work");
        }

        HttpContent changed = isAll ? new ReadOnlyMemoryContent(passage.Body) : new StreamContent(new ResumedBody(passage.Body, body));
        CopyHeaders(response.Content, changed, shorterBy: start.Length - passage.Body.Length);
        response.Content = changed;
        return response;
    }

    // Whoever tries again sends the same request, perhaps past this handler: what was read of its content is put back.
    private static async Task<ReadOnlyMemory<byte>> StartOf(HttpRequestMessage request, CancellationToken stop)
    {
        if (request.Content is null) return ReadOnlyMemory<byte>.Empty;
        if (request.Content is LongContent known) return known.Start;
        if (request.Content.Headers.ContentLength <= BodyStart.BytesMax) return await request.Content.ReadAsByteArrayAsync(stop); // The content keeps it.

        Stream content = await request.Content.ReadAsStreamAsync(stop);
        (ReadOnlyMemory<byte> start, bool isAll) = await BodyStart.ReadAsync(content, stop);
        HttpContent kept = isAll ? new ReadOnlyMemoryContent(start) : LongContent.Of(start, content);
        CopyHeaders(request.Content, kept, shorterBy: 0);
        request.Content = kept;
        return start;
    }

    private static Passage PassageOf(HttpRequestMessage request, ReadOnlyMemory<byte> body) => new()
    {
        MessageType = $"{request.Method} {request.RequestUri?.AbsolutePath}",
        Method = request.Method.Method,
        Path = request.RequestUri?.AbsolutePath,
        OperationId = request.Headers.TryGetValues(FaultHeaders.Operation, out IEnumerable<string>? values) ? values.FirstOrDefault() : null,
        Headers = request.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase),
        Body = body,
    };

    private static HttpRequestMessage CopyOf(HttpRequestMessage request, ReadOnlyMemory<byte> start, ReadOnlyMemory<byte> changed)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        foreach ((string name, IEnumerable<string> values) in request.Headers) copy.Headers.TryAddWithoutValidation(name, values);
        foreach ((string name, object? value) in request.Options) copy.Options.Set(new HttpRequestOptionsKey<object?>(name), value);
        if (request.Content is null) return copy;
        copy.Content = request.Content is LongContent all ? all.With(changed) : new ReadOnlyMemoryContent(changed);
        CopyHeaders(request.Content, copy.Content, shorterBy: start.Length - changed.Length);
        return copy;
    }

    private static void CopyHeaders(HttpContent from, HttpContent to, int shorterBy)
    {
        foreach ((string name, IEnumerable<string> values) in from.Headers.Where(header => header.Key != "Content-Length")) to.Headers.TryAddWithoutValidation(name, values);
        if (to is StreamContent or LongContent && from.Headers.ContentLength is { } length) to.Headers.ContentLength = length - shorterBy;
    }
}

/// <summary>Puts a <see cref="FaultHandler"/> next to the wire of every client of the factory: retries, breakers and timeouts of the application lie around it and meet its faults as they meet those of a network.</summary>
internal sealed class HttpClientFaults : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (!builder.AdditionalHandlers.Any(handler => handler is FaultHandler)) builder.AdditionalHandlers.Add(builder.Services.GetRequiredService<FaultHandler>());
    };
}
