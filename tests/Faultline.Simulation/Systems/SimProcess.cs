using Faultline.Anomalies;
using Faultline.Messaging.Consuming;
using Faultline.Messaging.Envelopes;
using Faultline.Messaging.Publishing;
using Faultline.Messaging.Running;
using Faultline.Messaging.Store;
using Faultline.Messaging.Transport;
using Faultline.Simulation.Brokers;
using Faultline.Simulation.Databases;
using Faultline.Simulation.Worlds;
using Microsoft.Extensions.Logging;

namespace Faultline.Simulation.Systems;

/// <summary>One process: the real messaging core, in a context of its own. It lives once; a restart is another one of the same name.</summary>
internal sealed class SimProcess
{
    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(300);

    private readonly SimSystem _system;
    private readonly CancellationTokenSource _stop = new();

    public SimProcess(SimSystem system, SimService service, string instance, int life)
    {
        (_system, Service, Instance) = (system, service, instance);
        Owner = $"{instance}#{life}";
        Context = new SimContext(system.World, Owner);
        Time = new SimTime(Context);
        Core = Build();
    }

    public SimService Service { get; }

    public string Instance { get; }

    /// <summary>The name of this life of the instance.</summary>
    public string Owner { get; }

    public SimContext Context { get; }

    public SimTime Time { get; }

    public MessagingCore Core { get; }

    public ControlPanel Control { get; private set; } = null!;

    /// <summary>Whether it takes requests.</summary>
    public bool IsUp { get; private set; }

    public void Start() => Context.Run(() => _ = RunAsync());

    /// <summary>SIGTERM: it ends when it has finished.</summary>
    public void Stop() => Context.Run(() =>
    {
        IsUp = false;
        _stop.Cancel();
    });

    /// <summary>SIGKILL.</summary>
    public void Crash()
    {
        if (Context.IsDead) return;
        IsUp = false;
        Context.Die();
        _system.OnDead(this);
    }

    private MessagingCore Build()
    {
        World world = _system.World;
        var control = new SimControlStore(Service.Control, Context);
        var faults = new FaultPipeline(Instance, control, Time, log: null, Crash);
        Control = new ControlPanel(Service.Name, control, faults, Time);
        var toDatabase = new Wire(Context, "db", Service.Weather);
        var toBroker = new Wire(Context, "mq", _system.BrokerWeather);
        var election = new SimElection(Service.Database, Owner, toDatabase, Time);
        IMessageStore store = _system.Plant.Store(new SimStore(Service.Database, Instance, Owner, toDatabase, election));
        ITransport transport = _system.Plant.Transport(new SimTransport(_system.Broker, Owner, toBroker, _system.Shape.SendsInFlight));
        var parts = new MessagingParts
        {
            Store = store,
            Election = election,
            Transport = transport,
            Faults = faults,
            Control = Control,
            Topology = _system.Topology,
            Catalogue = new MessageCatalogue([typeof(Asked), typeof(Noted), typeof(Answered)]),
            Handlers = HandlersOf(),
            TellLeader = () =>
            {
                if (!Context.IsDead) world.After(toDatabase.Latency(), world.Server, () => Service.Database.Notify(toDatabase));
            },
            Ids = new Ids(Time, world.Dice),
        };
        ILogger log = world.Tell is null ? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance : new TellingLog(world, Owner);
        return new MessagingCore(_system.Shape.OptionsOf(Service.Name, Instance), parts, Time, log);
    }

    private HandlerTable HandlersOf()
    {
        var handlers = new HandlerTable();
        handlers.Add(new SimHandler<Asked>(Service.Name, Service.Answers, Time));
        handlers.Add(new SimHandler<Noted>(Service.Name, answers: false, Time));
        handlers.Add(new SimHandler<Answered>(Service.Name, answers: false, Time));
        return handlers;
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Core.PrepareAsync(_stop.Token);
                IsUp = true;
                await Core.RunAsync(_stop.Token);
            }
            catch (Exception error) when (error is StoreException or TransportException or OperationCanceledException)
            {
                // A supervisor would start it again; so does this loop.
                if (_stop.IsCancellationRequested) break;
                await Task.Delay(StartPause, Time).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }

        Crash();
    }

    private sealed class TellingLog(World world, string owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            world.Tell?.Invoke($"{world.Now.TotalSeconds,9:F4} {owner} says: {formatter(state, exception)} {exception?.Message}");
    }
}
