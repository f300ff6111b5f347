using System.Net.Sockets;
using Faultline.Proxy.Toxics;

namespace Faultline.Proxy.Http;

/// <summary>
/// One client's HTTP/1.x connection: request by request, each to the upstream and its reply back, as they came unless a fault fires. One upstream connection serves one client connection.
/// What is no HTTP/1.x is passed on as bytes, and so is everything behind an upgrade.
/// </summary>
internal sealed class HttpSession(HttpWire wire) : IDisposable
{
    private const int DuplicateBytesMax = 64 * 1024 * 1024;

    private readonly HttpReader _client = new(wire.Client, wire.UpstreamBytes.AddReceived);
    private HttpUpstream? _upstream;

    public void Dispose()
    {
        _client.Dispose();
        _upstream?.Dispose();
    }

    public async Task RunAsync()
    {
        HttpHead? head;
        while ((head = await _client.ReadHeadAsync()) is { IsHttp1: true })
        {
            wire.CountRequest();
            if (!await HandleAsync(head)) return;
        }

        if ((head is null && _client.Unread.IsEmpty) || await OpenAsync() is not { } upstream)
        {
            await CloseAsync();
            return;
        }

        if (head is not null) await upstream.Stream.WriteAsync(head.Raw); // Another protocol that only looks like HTTP/1.x, such as HTTP/2.
        await TunnelAsync();
    }

    /// <summary>
    /// Reads what a client still sends after an orderly end, until it ends too or the grace is over: to close on unread bytes would reset the connection, and the client could lose the
    /// answer it has not read yet.
    /// </summary>
    public async Task DrainAsync()
    {
        byte[] dropped = new byte[4096];
        if (await _client.SettleAsync()) while (await wire.Client.ReceiveAsync(dropped, SocketFlags.None) > 0) continue;
    }

    /// <summary>Handles one request.</summary>
    /// <returns>Whether the connection goes on.</returns>
    private async Task<bool> HandleAsync(HttpHead request)
    {
        HttpBody body = HttpBody.OfRequest(request);
        HttpPlan plan = wire.Faults().Plan(HttpPhase.Before, request, wire.Time);
        foreach (HttpWait wait in plan.Waits) await WaitAsync(wait);
        switch (plan.Outcome)
        {
            case HttpOutcome.Abort:
                wire.End(StreamEnding.Reset);
                return false;
            case HttpOutcome.Blackhole:
                return await SwallowAsync(plan.Removed);
            case HttpOutcome.Answer:
                return await AnswerUnreadAsync(request, body, plan.Answer!);
            default:
                return await ForwardAsync(request, body, plan);
        }
    }

    private async Task<bool> ForwardAsync(HttpHead request, HttpBody body, HttpPlan plan)
    {
        if (await OpenAsync() is null) return await CloseAsync();

        byte[]? whole = null;
        if (plan.Copies > 1)
        {
            whole = await BufferAsync(request, body);
            for (int copy = 1; copy < plan.Copies; copy++)
            {
                if (!await SendAndDropAsync(request, whole)) return await CloseAsync();
            }
        }

        Task<bool> sending = whole is null ? SendAsync(request, body, plan) : SendWholeAsync(request, whole);
        try
        {
            return await ReplyAsync(request, sending);
        }
        finally
        {
            // Still unfinished here means that the connection ends: an early answer to a request whose body nobody reads. Its failure is then no news.
            if (!sending.IsCompleted) wire.End(StreamEnding.Close);
            await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> ReplyAsync(HttpHead request, Task<bool> sending)
    {
        HttpHead? reply = await AwaitReplyAsync(sending);
        if (reply is null) return await CloseAsync();

        HttpPlan plan = wire.Faults().Plan(HttpPhase.After, request, wire.Time);
        foreach (HttpWait wait in plan.Waits) await WaitAsync(wait);
        if (plan.Outcome is HttpOutcome.Abort)
        {
            wire.End(StreamEnding.Reset);
            return false;
        }

        if (plan.Outcome is HttpOutcome.Blackhole)
        {
            await sending; // One reader of the client at a time.
            return await SwallowAsync(plan.Removed);
        }

        HttpBody body = HttpBody.OfReply(reply, request.Method);
        bool keepsAlive = plan.Outcome is HttpOutcome.Answer ? await AnswerInsteadAsync(request, reply, body, plan.Answer!) : await PassReplyAsync(request, reply, body, plan);
        return keepsAlive && sending.IsCompleted && await sending;
    }

    // A client that leaves meanwhile is told to the upstream, as it would learn it without a proxy: it may want to stop its work.
    private async Task<HttpHead?> AwaitReplyAsync(Task<bool> sending)
    {
        Task<HttpHead?> reply = ReadReplyAsync(forwardInterim: true);
        if (await Task.WhenAny(reply, sending) == sending)
        {
            await sending;
            if (await _client.EndsBeforeAsync(reply)) await _upstream!.Stream.EndAsync();
        }

        return await reply;
    }

    private async Task<bool> PassReplyAsync(HttpHead request, HttpHead reply, HttpBody body, HttpPlan plan)
    {
        await wire.ToClient.WriteAsync(reply.Raw);
        if (reply.Status == 101 || (request.Method == "CONNECT" && reply.Status is >= 200 and < 300))
        {
            await TunnelAsync();
            return false;
        }

        bool isUnbounded = body.EndsWithConnection;
        var port = new HttpBodyPort(wire.ToClient, plan, reply.ContentLength, wire.Time, wire.Ended);
        if (!body.IsDone) await _upstream!.Reader.ReadBodyAsync(body, port.PassAsync);
        if (port.IsCut)
        {
            // Where only the end of the connection ends the body, an orderly end would make half a body look whole.
            if (isUnbounded) wire.End(StreamEnding.Reset);
            else await CloseAsync();
            return false;
        }

        return isUnbounded || reply.Closes || request.Closes ? await CloseAsync() : true;
    }

    private async Task<bool> AnswerInsteadAsync(HttpHead request, HttpHead reply, HttpBody body, HttpAnswer answer)
    {
        await _upstream!.Reader.ReadBodyAsync(body, static (_, _) => ValueTask.CompletedTask); // Not one byte of it gets through.
        if (reply.Closes) await DropUpstreamAsync();
        await wire.ToClient.WriteAsync(HttpAnswers.Write(answer, request.Method, keepsAlive: !request.Closes));
        return request.Closes ? await CloseAsync() : true;
    }

    // The upstream was not called, so the body of the request is still to come.
    private async Task<bool> AnswerUnreadAsync(HttpHead request, HttpBody body, HttpAnswer answer)
    {
        bool keepsAlive = !request.Closes && !request.ExpectsContinue;
        if (keepsAlive) await _client.ReadBodyAsync(body, static (_, _) => ValueTask.CompletedTask);
        await wire.ToClient.WriteAsync(HttpAnswers.Write(answer, request.Method, keepsAlive));
        return keepsAlive || await CloseAsync();
    }

    private async Task<bool> SendAsync(HttpHead request, HttpBody body, HttpPlan plan)
    {
        ToxicStream target = _upstream!.Stream;
        if (plan.CutAfterBytes is not null && body.IsDone)
        {
            await target.WriteAsync(request.Raw.AsMemory(0, request.Raw.Length / 2)); // Nothing but the head can be cut.
            return await CutRequestAsync(target);
        }

        await target.WriteAsync(request.Raw);
        var port = new HttpBodyPort(target, plan, request.ContentLength, wire.Time, wire.Ended);
        if (!body.IsDone) await _client.ReadBodyAsync(body, port.PassAsync);
        return !port.IsCut || await CutRequestAsync(target);
    }

    private async Task<bool> CutRequestAsync(ToxicStream target)
    {
        await target.EndAsync();
        wire.End(StreamEnding.Close);
        return false;
    }

    private async Task<byte[]> BufferAsync(HttpHead request, HttpBody body)
    {
        if (request.ExpectsContinue) await wire.ToClient.WriteAsync(HttpAnswers.Continue);
        var whole = new MemoryStream();
        await _client.ReadBodyAsync(body, (part, _) =>
        {
            if (whole.Length + part.Length > DuplicateBytesMax) throw new InvalidDataException($"a request of more than {DuplicateBytesMax} bytes cannot be sent twice");
            return whole.WriteAsync(part);
        });
        return whole.ToArray();
    }

    private async Task<bool> SendWholeAsync(HttpHead request, byte[] body)
    {
        await _upstream!.Stream.WriteAsync(request.Raw);
        if (body.Length > 0) await _upstream.Stream.WriteAsync(body);
        return true;
    }

    private async Task<bool> SendAndDropAsync(HttpHead request, byte[] body)
    {
        await SendWholeAsync(request, body);
        if (await ReadReplyAsync(forwardInterim: false) is not { } reply) return false;

        HttpBody dropped = HttpBody.OfReply(reply, request.Method);
        bool isUnbounded = dropped.EndsWithConnection;
        await _upstream!.Reader.ReadBodyAsync(dropped, static (_, _) => ValueTask.CompletedTask);
        if (isUnbounded || reply.Closes) await DropUpstreamAsync();
        return await OpenAsync() is not null;
    }

    private async Task<HttpHead?> ReadReplyAsync(bool forwardInterim)
    {
        while (await _upstream!.Reader.ReadHeadAsync() is { IsHttp1: true } reply)
        {
            if (reply.Status is >= 200 or 101) return reply;
            if (forwardInterim) await wire.ToClient.WriteAsync(reply.Raw);
        }

        return null;
    }

    /// <summary>Leaves the client without an answer, until it leaves or the fault is removed.</summary>
    private async Task<bool> SwallowAsync(CancellationToken removed)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(removed, wire.Ended);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = over.Token.Register(() => gone.TrySetResult());
        if (!await _client.EndsBeforeAsync(gone.Task)) await gone.Task; // So much may have come that nothing more is read.

        wire.End(StreamEnding.Reset);
        return false;
    }

    private async Task WaitAsync(HttpWait wait)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(wait.Removed, wire.Ended);
        try
        {
            await Task.Delay(wait.Time, wire.Time, over.Token);
        }
        catch (OperationCanceledException) when (!wire.Ended.IsCancellationRequested)
        {
            // The fault was removed: whoever waited because of it goes on at once.
        }
    }

    private async Task<HttpUpstream?> OpenAsync()
    {
        if (_upstream is { IsStale: true }) await DropUpstreamAsync();
        if (_upstream is not null) return _upstream;

        Task<(Socket Socket, ToxicStream Stream)?> connecting = wire.ConnectAsync();
        if (!connecting.IsCompleted && await _client.EndsBeforeAsync(connecting))
        {
            // It sends no more; perhaps it has left. It is not waited for without end.
            if (await Task.WhenAny(connecting, Task.Delay(wire.ConnectLimit, wire.Time, wire.Ended)) != connecting) wire.End(StreamEnding.Reset);
        }

        if (await connecting is var (socket, stream)) _upstream = new HttpUpstream(socket, stream, new HttpReader(socket, wire.DownstreamBytes.AddReceived));
        return _upstream;
    }

    private async Task DropUpstreamAsync()
    {
        if (_upstream is not { } dropped) return;

        _upstream = null;
        dropped.Socket.Dispose();
        dropped.Dispose();
        await wire.DropAsync(dropped.Stream);
    }

    // An orderly end behind everything that is on its way to the client.
    private async Task<bool> CloseAsync()
    {
        await wire.ToClient.EndAsync();
        wire.End(StreamEnding.Close);
        return false;
    }

    private async Task TunnelAsync()
    {
        HttpUpstream upstream = _upstream!;
        Task down = BytePump.RunAsync(upstream.Socket, wire.ToClient, wire.DownstreamBytes, upstream.Reader.Unread);
        await BytePump.BothAsync(PumpClientAsync(upstream.Stream), down, wire.End);
    }

    private async Task PumpClientAsync(ToxicStream target)
    {
        ReadOnlyMemory<byte> early = _client.Unread;
        await target.WriteAsync(early);
        if (await _client.SettleAsync()) await BytePump.RunAsync(wire.Client, target, wire.UpstreamBytes, _client.Unread[early.Length..]);
        else await target.EndAsync();
    }
}
