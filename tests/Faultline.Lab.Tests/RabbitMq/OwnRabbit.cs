using Faultline.Lab.Instances;
using Faultline.Lab.RabbitMq;
using Faultline.Lab.Supervisor;
using Faultline.Lab.Tests.Support;

namespace Faultline.Lab.Tests.RabbitMq;

/// <summary>A private broker of one test class, which its tests may kill and pause.</summary>
public sealed class OwnRabbit : IAsyncLifetime
{
    private TestFolder? _folder;
    private RabbitBroker? _broker;

    public RabbitBroker Broker
    {
        get
        {
            SkipWhenMissing();
            return _broker ?? throw new InvalidOperationException("the class has not begun");
        }
    }

    internal LabFolder Lab { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (RabbitInstallation.Find() is null) return;

        _folder = TestFolder.Create(test: "rabbit");
        (Lab, _broker) = await StartInAsync(_folder.Path, "21000");
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null) await _broker.DisposeAsync();
        if (Lab is not null) await Lab.DisposeAsync();
        _folder?.Dispose();
    }

    /// <summary>Skips the test where RabbitMQ is not installed. To be called in a test: a fixture that skips counts as broken.</summary>
    internal static void SkipWhenMissing() => Assert.SkipWhen(RabbitInstallation.Find() is null, RabbitInstallation.Missing);

    internal static async Task<(LabFolder Lab, RabbitBroker Broker)> StartInAsync(string root, string name)
    {
        LabFolder lab = await LabFolder.OpenAsync(root, name, TimeProvider.System, TestContext.Current.CancellationToken);
        RabbitBroker broker = new("queue", lab, RabbitInstallation.Require(), new ProcessChanges(), TimeProvider.System);
        await broker.StartAsync(TestContext.Current.CancellationToken);
        return (lab, broker);
    }
}
