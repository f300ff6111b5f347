using Faultline.Lab.Instances;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;

namespace Faultline.Lab.RabbitMq;

/// <summary>A private RabbitMQ of a lab, from installed programs: watched, started again when it dies, gone when the lab is gone. It needs no port mapper and leaves none.</summary>
public sealed class RabbitBroker : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90); // A first start on a busy machine takes its time.

    private readonly RabbitNodeKind _kind;

    /// <summary>Describes a broker; nothing runs before <see cref="StartAsync"/>.</summary>
    /// <param name="name">Its name in the lab, for example <c>queue</c>.</param>
    /// <param name="folder">The lab's folder.</param>
    /// <param name="installation">Where its programs are.</param>
    /// <param name="changes">Where its changes of state are told.</param>
    /// <param name="time">The clock.</param>
    public RabbitBroker(string name, LabFolder folder, RabbitInstallation installation, ProcessChanges changes, TimeProvider time)
    {
        string path = Path.Combine(folder.Path, "rabbitmq", name);
        _kind = new RabbitNodeKind(name, folder, new RabbitFolder(path), installation, new FreePorts(path), time);
        Process = new SupervisedProcess(_kind, changes, time);
    }

    /// <summary>The name as a target of disruptions, for example <c>rabbitmq/queue</c>.</summary>
    public string Target => _kind.Target;

    /// <summary>Its process, with all verbs: kill, stop, pause, resume, restart.</summary>
    public SupervisedProcess Process { get; }

    /// <summary>Where it listens on 127.0.0.1.</summary>
    public int Port => _kind.Port;

    /// <summary>The address for clients, a secret as it holds the password.</summary>
    /// <param name="virtualHost">Which virtual host; <c>/</c> is the one that is always there.</param>
    /// <param name="port">Another port of this machine, of a proxy in between; null for the broker's own.</param>
    public string AddressOf(string virtualHost = "/", int? port = null)
    {
        UriBuilder address = new($"{_kind.Address}/{Uri.EscapeDataString(virtualHost)}");
        if (port is { } other) address.Port = other;
        return address.Uri.ToString();
    }

    /// <summary>Starts it and waits until it takes connections.</summary>
    public async Task StartAsync(CancellationToken stop = default)
    {
        Process.Start();
        await Process.WaitHealthyAsync(StartLimit, stop);
    }

    /// <summary>Creates a virtual host that the lab's user may use; one that exists is kept.</summary>
    public Task CreateVirtualHostAsync(string name, CancellationToken stop = default) => EvaluateAsync(
        $"""
        case rabbit_vhost:exists({Text(name)}) of true -> ok; false -> rabbit_vhost:add({Text(name)}, <<"faultline">>) end,
        rabbit_auth_backend_internal:set_permissions(<<"{RabbitSettings.User}">>, {Text(name)}, <<".*">>, <<".*">>, <<".*">>, <<"faultline">>)
        """, stop);

    /// <summary>Deletes a virtual host with everything in it.</summary>
    public Task DeleteVirtualHostAsync(string name, CancellationToken stop = default) => EvaluateAsync($"""rabbit_vhost:delete({Text(name)}, <<"faultline">>)""", stop);

    /// <summary>Ends all connections to a virtual host, as an administrator does.</summary>
    public Task CloseConnectionsAsync(string virtualHost, CancellationToken stop = default) => EvaluateAsync(
        $"""
        [catch rabbit_networking:close_connection(Pid, "closed by the lab") || Pid <- rabbit_networking:local_connections(),
          (catch proplists:get_value(vhost, rabbit_reader:info(Pid, [vhost]))) =:= {Text(virtualHost)}], ok
        """, stop);

    /// <summary>Raises or clears the memory alarm: while it is raised, the broker takes no messages.</summary>
    /// <param name="raised">Whether.</param>
    /// <param name="stop">Ends the wait.</param>
    public Task SetMemoryAlarmAsync(bool raised, CancellationToken stop = default) => EvaluateAsync($"vm_memory_monitor:set_vm_memory_high_watermark({(raised ? "0" : "0.4")})", stop);

    /// <summary>Has the broker evaluate an Erlang expression, and returns the result as text.</summary>
    public async Task<string> EvaluateAsync(string expression, CancellationToken stop = default)
    {
        if (Process.State is not (ProcessState.Healthy or ProcessState.Unhealthy)) throw new LabException($"{Target} does not run, so it cannot be asked; restart it first.");
        return await _kind.EvaluateAsync(expression, stop);
    }

    /// <summary>Stops it.</summary>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await _kind.Log.DisposeAsync();
    }

    private static string Text(string name) => $"<<\"{name.Replace("\\", "\\\\").Replace("\"", "\\\"")}\">>";
}
