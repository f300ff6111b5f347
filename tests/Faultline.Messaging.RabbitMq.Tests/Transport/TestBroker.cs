using Faultline.Lab.Instances;
using Faultline.Lab.RabbitMq;
using Faultline.Lab.Supervisor;

namespace Faultline.Messaging.RabbitMq.Tests.Transport;

/// <summary>A private broker of the tests, as the lab starts it. Its keeper ends it when this process ends, however that comes.</summary>
public sealed class TestBroker : IAsyncDisposable
{
    private readonly LabFolder _folder;

    private TestBroker(LabFolder folder, RabbitBroker broker) => (_folder, Broker) = (folder, broker);

    public static bool IsMissing { get; } = RabbitInstallation.Find() is null;

    public RabbitBroker Broker { get; }

    /// <summary>The one that all tests share which do it no harm; started when first asked for.</summary>
    public static Task<TestBroker> SharedAsync() => Shared.Starting;

    /// <summary>One that a test may kill.</summary>
    public static Task<TestBroker> StartAsync() => StartNewAsync();

    /// <summary>Skips the test where RabbitMQ is not installed. To be called in a test: a fixture that skips counts as broken.</summary>
    public static void SkipWhenMissing() => Assert.SkipWhen(IsMissing, RabbitInstallation.Missing);

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await _folder.DisposeAsync();
    }

    private static async Task<TestBroker> StartNewAsync()
    {
        LabFolder folder = await LabFolder.OpenRunAsync(RepositoryRoot());
        RabbitBroker broker = new("queue", folder, RabbitInstallation.Require(), new ProcessChanges(), TimeProvider.System);
        await broker.StartAsync();
        return new TestBroker(folder, broker);
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Faultline.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the test does not run inside the repository");
    }

    private static class Shared
    {
        public static readonly Task<TestBroker> Starting = StartNewAsync();
    }
}
