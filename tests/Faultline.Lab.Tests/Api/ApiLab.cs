using Faultline.Lab.Api;
using Faultline.Lab.Control;
using Faultline.Lab.Systems;
using Faultline.Lab.Tests.Support;
using Faultline.Protocol.Faults;
using Faultline.Protocol.Guards;
using Faultline.Protocol.Services;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;

namespace Faultline.Lab.Tests.Api;

/// <summary>A lab with real databases that answers on a free port; its one system is known and does not run.</summary>
public sealed class ApiLab : IAsyncLifetime
{
    public const string Token = "a-token-of-enough-length";

    private static int _labs; // Classes of tests run at the same time, each with a lab of its own.

    private TestFolder _folder = null!;
    private ControlPlane _plane = null!;
    private LabServer _server = null!;

    internal ControlPlane Plane => _plane;

    public Uri Address => _server.Addresses[0];

    public async ValueTask InitializeAsync()
    {
        _folder = TestFolder.Create(suffix: $"-{Interlocked.Increment(ref _labs)}", test: nameof(ApiLab));
        _plane = await ControlPlane.StartAsync(
            new LabOptions { Root = _folder.Path, ToolsFolder = TestFolder.Tools }, [Demo()], TimeProvider.System, new Progress<string>(), TestContext.Current.CancellationToken);
        _server = await StartServerAsync(new LabServerOptions { Port = 0 });
    }

    /// <summary>One more server of the same lab.</summary>
    internal Task<LabServer> StartServerAsync(LabServerOptions options) => LabServer.StartAsync(_plane, options, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _plane.DisposeAsync();
        _folder.Dispose();
    }

    private static LabSystemSpec Demo() => new()
    {
        Name = "demo",
        Services = [new ServiceDescription("demo/echo", [], [], [.. FaultPoints.All.Select(point => point.Name)], FaultKinds.All, GuardNames.All)],
        Routes = [],
        Checks = new NoChecks(),
        Executable = TestFolder.HostProgram,
    };

    private sealed class NoChecks : ISystemChecks
    {
        public string System => "demo";

        public IReadOnlyList<IWorkload> Workloads => [];

        public IReadOnlyList<IChecker> Checkers => [];

        public IReadOnlyList<(string Service, string Name)> Facts => [];

        public IReadOnlyList<BatteryDescription> Batteries => [];

        public IReadOnlyDictionary<string, string> LabSettings => new Dictionary<string, string>();

        public IReadOnlyList<StateEvent> EventsOf(IReadOnlyList<SystemFact> facts) => [];
    }
}
