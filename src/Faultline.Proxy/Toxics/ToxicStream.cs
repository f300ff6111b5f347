using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Faultline.Proxy.Toxics;

/// <summary>
/// One direction of one connection, from what was read to the socket that it goes to. Without toxics bytes go straight to the socket, from the reader's own buffer. With toxics the reader
/// puts copies into the pipeline, and a writer of its own takes them out when they are due; both wait for each other without allocating.
/// </summary>
/// <remarks>
/// Only one of the two sends at a time: the reader sends directly only when the pipeline is empty and the writer is not sending, and only the reader fills the pipeline.
/// </remarks>
internal sealed class ToxicStream(Socket sink, StreamSide side, long connection, ByteCount count, ToxicTime time, Action<StreamEnding> end) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ToxicPipeline? _pipeline;
    private Bell? _work;
    private Bell? _room;
    private Task _writer = Task.CompletedTask;
    private bool _isSending;
    private volatile bool _isStopped;

    /// <summary>Takes over the toxics in force; returns at once.</summary>
    public void Apply(ToxicChain chain)
    {
        lock (_gate)
        {
            if (_isStopped) return;
            if (_pipeline is null && !chain.Toxics.Any(toxic => toxic.Config.Stream == side && toxic.Hits(connection))) return;

            bool isNew = _pipeline is null;
            ToxicPipeline pipeline = _pipeline ?? new ToxicPipeline(side, connection);
            pipeline.Apply(chain, time.Now);
            if (isNew)
            {
                _work = new Bell(time.Provider);
                _room = new Bell(time.Provider);
                _writer = WriteDueAsync(pipeline, _work, _room);
                Volatile.Write(ref _pipeline, pipeline);
            }

            _work!.Ring();
            _room!.Ring();
        }
    }

    /// <summary>Sends bytes, or puts them before the toxics; waits while there is no room. The buffer is the caller's again afterwards.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_isStopped) return ValueTask.CompletedTask;
        return Volatile.Read(ref _pipeline) is { } pipeline ? EnterAsync(pipeline, bytes) : SendAsync(bytes);
    }

    /// <summary>Tells the other side that no more comes, behind everything that is still on its way.</summary>
    public async Task EndAsync()
    {
        bool isDirect;
        lock (_gate)
        {
            isDirect = _pipeline is null || _isStopped;
            if (!isDirect) _pipeline!.Enter(Piece.End, time.Now);
            _work?.Ring();
        }

        if (!isDirect) await _ended.Task;
        else if (!_isStopped) sink.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Sends nothing any more; whatever comes is thrown away.</summary>
    public void Stop()
    {
        _isStopped = true;
        _ended.TrySetResult();
        _work?.Ring();
        _room?.Ring();
    }

    /// <summary>Waits until the writer has gone, then gives the buffers back. The sockets are closed before.</summary>
    public async Task FinishAsync()
    {
        Stop();
        await _writer;
        lock (_gate) _pipeline?.Clear();
        Dispose();
    }

    public void Dispose()
    {
        _work?.Dispose();
        _room?.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask EnterAsync(ToxicPipeline pipeline, ReadOnlyMemory<byte> bytes)
    {
        while (!_isStopped)
        {
            bool isDirect = false;
            bool isIn = false;
            lock (_gate)
            {
                if (pipeline.IsPassThrough && !_isSending) isDirect = true;
                else if (pipeline.HasRoom)
                {
                    pipeline.Enter(Chunk.Copy(bytes.Span), time.Now);
                    isIn = true;
                }
            }

            if (isDirect)
            {
                await SendAsync(bytes);
                return;
            }

            if (isIn)
            {
                _work!.Ring();
                return;
            }

            await _room!.WaitAsync(TimeSpan.MaxValue);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int sent = await sink.SendAsync(bytes, SocketFlags.None);
            count.AddSent(sent);
            bytes = bytes[sent..];
        }
    }

    private async Task WriteDueAsync(ToxicPipeline pipeline, Bell work, Bell room)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // Whoever changes toxics does not pay for what is due now.
        while (!_isStopped)
        {
            Piece piece;
            bool hasPiece;
            TimeSpan wait = TimeSpan.MaxValue;
            lock (_gate)
            {
                TimeSpan now = time.Now;
                pipeline.Advance(now);
                hasPiece = !pipeline.IsReset & pipeline.TryTake(out piece);
                _isSending = hasPiece;
                if (!hasPiece && pipeline.NextDue is var due && due < TimeSpan.MaxValue) wait = due > now ? due - now : TimeSpan.Zero;
            }

            if (pipeline.IsReset)
            {
                end(StreamEnding.Reset);
                return;
            }

            room.Ring();
            if (hasPiece)
            {
                if (!await WriteAsync(piece)) return;
            }
            else
            {
                await work.WaitAsync(wait);
            }
        }
    }

    // Whether the stream goes on behind this piece.
    private async ValueTask<bool> WriteAsync(Piece piece)
    {
        if (piece.Kind is PieceKind.Close)
        {
            end(StreamEnding.Close);
            return false;
        }

        try
        {
            if (piece.Kind is PieceKind.Data) await SendAsync(piece.Memory);
            else sink.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            end(StreamEnding.Reset); // The receiver is gone; the sender learns it in the same way.
            return false;
        }
        finally
        {
            lock (_gate)
            {
                piece.Release();
                _isSending = false;
            }
        }

        if (piece.Kind is not PieceKind.End) return true;

        _ended.TrySetResult();
        return true; // A toxic may still close or reset what is left of the connection.
    }
}
