using Faultline.Lab.Instances;
using Faultline.Lab.RabbitMq;
using Faultline.Lab.Supervisor;

namespace Faultline.Anomalies.Hosting.Tests.Examples;

/// <summary>A private RabbitMQ of one test class, as the lab starts it; its keeper ends it when this process ends, however that comes.</summary>
public sealed class ExampleBroker : IAsyncLifetime
{
    private int _hosts;
    private LabFolder? _folder;
    private RabbitBroker? _broker;

    /// <summary>A virtual host of its own for one test. Skips the test where RabbitMQ is not installed: a fixture that skips counts as broken.</summary>
    public async Task<string> AddressAsync()
    {
        Assert.SkipWhen(_broker is null, RabbitInstallation.Missing);
        string host = $"example-{Interlocked.Increment(ref _hosts)}";
        await _broker!.CreateVirtualHostAsync(host);
        return _broker.AddressOf(host);
    }

    public async ValueTask InitializeAsync()
    {
        if (RabbitInstallation.Find() is not { } installation) return;

        _folder = await LabFolder.OpenRunAsync(RepositoryRoot());
        _broker = new RabbitBroker("queue", _folder, installation, new ProcessChanges(), TimeProvider.System);
        await _broker.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
        if (_folder is not null) await _folder.DisposeAsync();
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Faultline.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the test does not run inside the repository");
    }
}
