using Faultline.Messaging.Transport;
using Npgsql;

namespace Faultline.Cli.Composition;

/// <summary>Reads how much stands in a service's queue. In a lab it has a connection of its own, opened when first asked, because that of the service goes over a link that may be cut. Thread-safe.</summary>
/// <param name="service">As <c>system/service</c>.</param>
/// <param name="connect">Opens the connection; null where that of the service will do.</param>
/// <param name="usual">The connection of the service.</param>
internal sealed class DepthWatch(string service, Func<CancellationToken, Task<(ITransport Transport, NpgsqlDataSource? Source)>>? connect, ITransport usual) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private (ITransport Transport, NpgsqlDataSource? Source)? _own;

    public async Task<QueueDepth> ReadAsync(CancellationToken stop) => await (connect is null ? usual : await OpenAsync(connect, stop)).DepthAsync(service, stop);

    public async ValueTask DisposeAsync()
    {
        if (_own is var (transport, source))
        {
            await transport.DisposeAsync();
            if (source is not null) await source.DisposeAsync();
        }

        _opening.Dispose();
    }

    private async Task<ITransport> OpenAsync(Func<CancellationToken, Task<(ITransport Transport, NpgsqlDataSource? Source)>> open, CancellationToken stop)
    {
        await _opening.WaitAsync(stop);
        try
        {
            _own ??= await open(stop);
            return _own.Value.Transport;
        }
        finally
        {
            _opening.Release();
        }
    }
}
