using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Faultline.Proxy.Http;
using Faultline.Proxy.Problems;
using Faultline.Proxy.Toxics;
using Faultline.Triggers;

namespace Faultline.Proxy.Links;

/// <summary>A link: a listener, the connections of its clients, and the faults in force. Starting and stopping is done by one caller at a time; everything else by any.</summary>
internal sealed class Link
{
    private const int Backlog = 1024;
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<long, (LinkConnection Connection, Task Running)> _connections = new();
    private readonly Seed _seed;
    private readonly LinkSettings _settings;
    private readonly ITimer _expiry;
    private volatile ToxicChain _toxics = ToxicChain.Empty;
    private volatile HttpFaultSet _httpFaults;
    private TaskCompletionSource _toxicsChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    public Link(LinkConfig config, LinkSettings settings, ToxicTime time, Action<HttpFiring> record)
    {
        Name = config.Name;
        IsHttp = config.IsHttp;
        Time = time;
        _settings = settings;
        _seed = settings.Seed.Derive($"link {config.Name}");
        _httpFaults = new HttpFaultSet(config.Name, settings.OperationHeader, [.. config.ExemptPaths], record);
        _expiry = time.Provider.CreateTimer(static link => ((Link)link!).RemoveExpired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Listen = config.Listen;
        Upstream = config.Upstream;
        UpstreamEndPoint = LinkAddress.ToUpstream(config.Upstream);
        LinkAddress.ToListen(config.Listen);
        foreach (ToxicConfig toxic in config.Toxics) AddToxic(toxic);
        foreach (HttpFaultConfig fault in config.HttpFaults) AddHttpFault(fault);
    }

    public string Name { get; }

    public bool IsHttp { get; }

    public ToxicTime Time { get; }

    public LinkCounts Counts { get; } = new();

    public TimeSpan ConnectLimit => _settings.ConnectLimit;

    /// <summary>Where clients connect; the real port once it was started.</summary>
    public string Listen { get; private set; }

    public string Upstream { get; private set; }

    public EndPoint UpstreamEndPoint { get; private set; }

    public bool IsEnabled => _listener is not null;

    public ToxicChain Toxics => _toxics;

    public HttpFaultSet HttpFaults => _httpFaults;

    /// <summary>Begins to accept clients.</summary>
    /// <exception cref="ProxyException">The address cannot be listened on.</exception>
    public void Start()
    {
        if (_listener is not null) return;

        IPEndPoint address = LinkAddress.ToListen(Listen);
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any)) listener.DualMode = true;
            listener.Bind(address);
            listener.Listen(Backlog);
        }
        catch (SocketException error)
        {
            listener.Dispose();
            throw ProxyProblems.CannotListen(Listen, error);
        }

        _listener = listener;
        Listen = listener.LocalEndPoint!.ToString()!;
        _accepting = AcceptAsync(listener);
    }

    /// <summary>Accepts nobody any more, and cuts every connection.</summary>
    public async Task StopAsync()
    {
        if (_listener is not { } listener) return;

        _listener = null;
        listener.Dispose();
        await _accepting;
        await CutAsync();
    }

    /// <summary>Cuts every connection that is there now, and goes on accepting.</summary>
    public async Task CutAsync()
    {
        (LinkConnection Connection, Task Running)[] connections = [.. _connections.Values];
        foreach ((LinkConnection connection, Task _) in connections) connection.End(StreamEnding.Cut);
        await Task.WhenAll(connections.Select(each => each.Running));
    }

    /// <summary>Leads somewhere else, or listens somewhere else; it is stopped.</summary>
    public void Move(string listen, string upstream)
    {
        EndPoint target = LinkAddress.ToUpstream(upstream);
        LinkAddress.ToListen(listen);
        Listen = listen;
        Upstream = upstream;
        UpstreamEndPoint = target;
    }

    /// <summary>Ends for good what still waits.</summary>
    public void Retire()
    {
        _expiry.Dispose();
        Clear();
    }

    public Toxic AddToxic(ToxicConfig config)
    {
        Toxic toxic = Toxic.Read(config, _seed, Time.Provider);
        lock (_gate)
        {
            if (_toxics.Find(toxic.Name) is not null) throw ProxyProblems.ToxicExists();
            SetToxicsNeedsGate(_toxics.With(toxic));
        }

        Tell();
        return toxic;
    }

    public Toxic ChangeToxic(string name, double? toxicity, IReadOnlyDictionary<string, double> attributes, DateTimeOffset? expiresAt)
    {
        Toxic changed;
        lock (_gate)
        {
            Toxic former = FindToxic(name);
            changed = former.Change(toxicity, attributes, expiresAt);
            SetToxicsNeedsGate(_toxics.Replace(former, changed));
        }

        Tell();
        return changed;
    }

    public void RemoveToxic(string name)
    {
        lock (_gate) SetToxicsNeedsGate(_toxics.Without(FindToxic(name)));
        Tell();
    }

    /// <exception cref="ProxyException">There is none of this name.</exception>
    public Toxic FindToxic(string name) => _toxics.Find(name) ?? throw ProxyProblems.ToxicNotFound();

    public HttpFault AddHttpFault(HttpFaultConfig config)
    {
        if (!IsHttp) throw ProxyProblems.NotHttp(Name);

        HttpFault fault = HttpFault.Read(config, _seed, Time.Provider.GetUtcNow());
        lock (_gate)
        {
            if (_httpFaults.Find(fault.Name) is not null) throw ProxyProblems.FaultExists();
            SetFaultsNeedsGate(_httpFaults.Faults.Add(fault));
        }

        return fault;
    }

    public void RemoveHttpFault(string name)
    {
        HttpFault fault;
        lock (_gate)
        {
            fault = FindHttpFault(name);
            SetFaultsNeedsGate(_httpFaults.Faults.Remove(fault));
        }

        fault.Remove();
    }

    /// <exception cref="ProxyException">There is none of this name.</exception>
    public HttpFault FindHttpFault(string name) => _httpFaults.Find(name) ?? throw ProxyProblems.FaultNotFound();

    /// <summary>Removes every toxic and every HTTP fault.</summary>
    public void Clear()
    {
        ImmutableArray<HttpFault> removed;
        lock (_gate)
        {
            removed = _httpFaults.Faults;
            SetFaultsNeedsGate([]);
            SetToxicsNeedsGate(_toxics.WithoutAll());
        }

        foreach (HttpFault fault in removed) fault.Remove();
        Tell();
    }

    /// <summary>Waits for as long as a toxic keeps a connection from its upstream.</summary>
    public async Task PassGateAsync(long connection, CancellationToken stop)
    {
        Toxic? counted = null;
        while (true)
        {
            Task changed;
            Toxic? holding;
            lock (_gate)
            {
                changed = _toxicsChanged.Task;
                holding = _toxics.Toxics.FirstOrDefault(toxic => toxic.Kind.HoldsConnect && toxic.Hits(connection));
            }

            if (holding is null) return;
            if (counted != holding) holding.Acted();
            counted = holding;
            await changed.WaitAsync(stop);
        }
    }

    public LinkReport Report() => new()
    {
        Name = Name,
        Listen = Listen,
        Upstream = Upstream,
        Enabled = IsEnabled,
        CarriedTraffic = Counts.Up.Received + Counts.Down.Received > 0,
        ConnectionsOpen = _connections.Count,
        ConnectionsAccepted = Counts.Accepted,
        ConnectsFailed = Counts.ConnectsFailed,
        ConnectionsBroken = Counts.Broken,
        LastConnectError = Counts.LastConnectError,
        LastFailure = Counts.LastFailure,
        Requests = Counts.Requests,
        BytesFromClients = Counts.Up.Received,
        BytesToUpstream = Counts.Up.Sent,
        BytesFromUpstream = Counts.Down.Received,
        BytesToClients = Counts.Down.Sent,
        Toxics = [.. _toxics.Toxics.Select(toxic => new ToxicReport(toxic.Config, toxic.Seed.Value, toxic.Activity.Count, toxic.Activity.FirstAt))],
        HttpFaults =
        [
            .. _httpFaults.Faults.Select(fault => (Fault: fault, Counts: fault.Counts()))
                .Select(each => new HttpFaultReport(each.Fault.Config, each.Fault.Seed.Value, each.Counts.Matches, each.Counts.Fired, each.Counts.FirstAt)),
        ],
    };

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                if (_listener != listener) return;
                Counts.Failed(error); // A client that left before it was accepted, or no file handles: the next one may do better.
                await Task.Delay(TimeSpan.FromMilliseconds(10), Time.Provider);
                continue;
            }

            long number = Counts.CountAccepted();
            var connection = new LinkConnection(this, client, number);
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connections[number] = (connection, ServeAsync(connection, number, begun.Task));
            begun.SetResult();
        }
    }

    private async Task ServeAsync(LinkConnection connection, long number, Task begun)
    {
        await begun; // It is in the list before it can leave it.
        try
        {
            await connection.RunAsync();
        }
        catch (Exception error)
        {
            Counts.Failed(error); // The edge of this loop: one connection's failure is no other's.
        }
        finally
        {
            _connections.TryRemove(number, out _);
        }
    }

    private void SetToxicsNeedsGate(ToxicChain chain)
    {
        _toxics = chain;
        ScheduleNeedsGate();
    }

    private void SetFaultsNeedsGate(ImmutableArray<HttpFault> faults)
    {
        _httpFaults = _httpFaults with { Faults = faults };
        ScheduleNeedsGate();
    }

    // Every live connection takes over what is in force now; a connection that begins meanwhile reads it itself.
    private void Tell()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _toxicsChanged;
            _toxicsChanged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
        ToxicChain chain = _toxics;
        foreach ((LinkConnection connection, Task _) in _connections.Values) connection.Apply(chain);
    }

    private void ScheduleNeedsGate()
    {
        DateTimeOffset? next = _toxics.Toxics.Select(toxic => toxic.Config.ExpiresAt).Concat(_httpFaults.Faults.Select(fault => fault.Config.ExpiresAt)).Min();
        if (next is not { } end) return;

        TimeSpan wait = end - Time.Provider.GetUtcNow();
        _expiry.Change(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait > LongestTimer ? LongestTimer : wait, Timeout.InfiniteTimeSpan);
    }

    private void RemoveExpired()
    {
        DateTimeOffset now = Time.Provider.GetUtcNow();
        ImmutableArray<HttpFault> removed;
        lock (_gate)
        {
            removed = [.. _httpFaults.Faults.Where(fault => fault.Config.ExpiresAt <= now)];
            ToxicChain chain = _toxics;
            foreach (Toxic toxic in chain.Toxics.Where(toxic => toxic.Config.ExpiresAt <= now)) chain = chain.Without(toxic);
            SetToxicsNeedsGate(chain);
            SetFaultsNeedsGate(_httpFaults.Faults.RemoveRange(removed));
        }

        foreach (HttpFault fault in removed) fault.Remove();
        Tell();
    }
}
