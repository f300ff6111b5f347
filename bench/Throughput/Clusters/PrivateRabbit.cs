using System.Globalization;
using Faultline.Bench.Throughput.Roles;
using Faultline.Lab.Instances;
using Faultline.Lab.RabbitMq;
using Faultline.Lab.Supervisor;

namespace Faultline.Bench.Throughput.Clusters;

/// <summary>A RabbitMQ of the bench's own, as the lab starts it, in a folder that is removed at the end.</summary>
internal sealed class PrivateRabbit : IAsyncDisposable
{
    private readonly LabFolder _folder;
    private readonly RabbitBroker _broker;
    private string? _virtualHost;
    private int _runs;

    private PrivateRabbit(LabFolder folder, RabbitBroker broker) => (_folder, _broker) = (folder, broker);

    /// <summary>The broker's process.</summary>
    public int ProcessId => _broker.Process.Status().Pid ?? throw new BenchException("RabbitMQ does not run");

    public static async Task<PrivateRabbit> StartAsync(CancellationToken stop)
    {
        LabFolder folder = await LabFolder.OpenRunAsync(Environment.CurrentDirectory);
        var rabbit = new PrivateRabbit(folder, new RabbitBroker("queue", folder, RabbitInstallation.Require(), new ProcessChanges(), TimeProvider.System));
        try
        {
            await rabbit._broker.StartAsync(stop);
            return rabbit;
        }
        catch
        {
            await rabbit.DisposeAsync(); // Nobody else knows of it yet.
            throw;
        }
    }

    /// <summary>A new, empty virtual host instead of the one before.</summary>
    /// <returns>Its address, with user and password.</returns>
    public async Task<string> RecreateAsync(CancellationToken stop)
    {
        if (_virtualHost is not null) await _broker.DeleteVirtualHostAsync(_virtualHost, stop);
        _virtualHost = string.Create(CultureInfo.InvariantCulture, $"bench-{++_runs}");
        await _broker.CreateVirtualHostAsync(_virtualHost, stop);
        return _broker.AddressOf(_virtualHost);
    }

    /// <summary>What it is.</summary>
    public async Task<string> DescribeAsync(CancellationToken stop) =>
        $"RabbitMQ {(await _broker.EvaluateAsync("rabbit_misc:version()", stop)).Trim('"')} on Erlang {(await _broker.EvaluateAsync("erlang:system_info(otp_release)", stop)).Trim('"')}, quorum queues, publisher confirms";

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _folder.DisposeAsync();
    }
}
