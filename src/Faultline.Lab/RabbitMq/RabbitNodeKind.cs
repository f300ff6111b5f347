using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Faultline.Lab.Instances;
using Faultline.Lab.Postgres;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;
using Faultline.Lab.Supervisor;

namespace Faultline.Lab.RabbitMq;

/// <summary>A RabbitMQ node of the lab's own as a kind of supervised process.</summary>
internal sealed class RabbitNodeKind(string name, LabFolder folder, RabbitFolder data, RabbitInstallation installation, FreePorts ports, TimeProvider time) : IProcessKind
{
    private readonly SemaphoreSlim _asking = new(1, 1); // Two that ask at once take the same name, and the node refuses the second.
    private PostgresUser? _user;
    private int _distributionPort;
    private bool _hasLeaders;

    public string Target { get; } = "rabbitmq/" + name;

    public int Port { get; private set; }

    public InstanceLog Log { get; } = new(Path.Combine(folder.Path, "logs", $"rabbitmq-{name}.log"), time);

    public (TimeSpan WhileStarting, TimeSpan Later) ProbeIntervals { get; } = (TimeSpan.FromMilliseconds(30), TimeSpan.FromSeconds(1));

    /// <summary>In order, and by force. A node writes what it has confirmed before it confirms it: force loses nothing.</summary>
    public IReadOnlyList<(Signal Signal, TimeSpan Limit)> StopLadder { get; } = [(Signal.Terminate, TimeSpan.FromSeconds(10)), (Signal.Kill, Timeout.InfiniteTimeSpan)];

    /// <summary>The address with user and password; the virtual host is to be added.</summary>
    public string Address { get; private set; } = "";

    public async Task<ChildProcess> StartAsync(CancellationToken stop)
    {
        _user ??= await PostgresUser.FindAsync(Keeper.Which("setpriv") ?? "setpriv", "RabbitMQ", "a broker of your own by its address", folder.Path, folder.Processes, time, stop);
        ChoosePorts();
        _hasLeaders = false;
        await data.PrepareAsync(Port, _user, stop);
        await data.RememberPortsAsync(Port, _distributionPort, stop);
        string password = await data.PasswordAsync(stop);
        Address = string.Create(CultureInfo.InvariantCulture, $"amqp://{RabbitSettings.User}:{password}@127.0.0.1:{Port}");
        ProcessStart start = Described(_user.Command(installation.Server, [], Target));
        return await ChildProcess.StartAsync(start, folder.Processes, Log.AppendAsync, time);
    }

    public async Task<string?> ProbeAsync(CancellationToken stop)
    {
        // The listener opens last, when everything else is there. Nothing is sent: the broker would log a client that says half a word.
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), stop);
            return _hasLeaders || installation.Call is null ? null : await ElectAsync(stop);
        }
        catch (LabException error)
        {
            return error.Message;
        }
        catch (OperationCanceledException)
        {
            return "it did not answer in time";
        }
        catch (SocketException error)
        {
            return $"it does not listen on port {Port}: {error.Message}";
        }
    }

    // A node that was killed right after a quorum queue was declared does not remember that it has the queue: it starts it anew, empty, and nobody makes the new one its own leader (seen with 3.10;
    // rabbitmq-server issues 10070 and 15725). The election makes the queue usable; what was in it is gone. The transport sends nothing to queues that are so young.
    private async Task<string?> ElectAsync(CancellationToken stop)
    {
        string waiting = await EvaluateAsync(
            "[ra:trigger_election({Name, node()}) || {Name, follower} <- ets:tab2list(ra_state)], length([Name || {Name, State} <- ets:tab2list(ra_state), State =/= leader])", stop);
        _hasLeaders = waiting == "0";
        return _hasLeaders ? null : $"{waiting} of its quorum queues have no leader yet";
    }

    public IReadOnlyList<int> Members(ChildProcess running) => [running.Program.Pid]; // Its helpers end with it and do nothing of their own.

    /// <summary>Has the node evaluate an Erlang expression.</summary>
    public async Task<string> EvaluateAsync(string expression, CancellationToken stop)
    {
        if (installation.Call is not { } call) throw new LabException("'erl_call' is not on the search path; it comes with Erlang (Debian: erlang-base), and the lab controls RabbitMQ by it.");
        if (_user is null) throw new LabException($"{Target} was not started yet.");

        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_distributionPort}");
        List<string> output = [];
        ProcessStart start = Described(_user.Command(Keeper.Shell, ["-c", """printf '%s.\n' "$3" | exec "$1" -r -address "$2" -e""", "ask", call, address, expression], "rabbitmq ask"));
        int exitCode;
        await _asking.WaitAsync(stop);
        try
        {
            exitCode = await ToolRun.RunAsync(start, folder.Processes, output, time, stop);
        }
        finally
        {
            _asking.Release();
        }

        string answer = string.Join('\n', output);
        return exitCode == 0 && answer.StartsWith("{ok, ", StringComparison.Ordinal)
            ? answer["{ok, ".Length..^1]
            : throw new LabException($"{Target} did not do what was asked (exit code {exitCode}): {answer}");
    }

    private void ChoosePorts()
    {
        (int amqp, int distribution) = Port != 0 ? (Port, _distributionPort) : data.RememberedPorts();
        Port = amqp != 0 && FreePorts.IsFree(amqp) ? amqp : ports.Take();
        _distributionPort = distribution != 0 && FreePorts.IsFree(distribution) ? distribution : ports.Take();
    }

    private ProcessStart Described(ProcessStart start)
    {
        string node = NodeName();
        Dictionary<string, string> environment = new(start.Environment, StringComparer.Ordinal)
        {
            ["LC_ALL"] = "C.UTF-8",
            ["HOME"] = data.Home,
            ["RUNNING_UNDER_SYSTEMD"] = "true", // Then the script becomes the broker, and no shell stands between the lab's signals and it.
            ["ERL_FLAGS"] = "-start_epmd false", // The broker looks every minute for a port mapper, and would start one by a node of its own.
            ["ERL_CRASH_DUMP_BYTES"] = "0",
            ["RABBITMQ_CONF_ENV_FILE"] = data.Nothing,
            ["RABBITMQ_CONFIG_FILE"] = data.Configuration,
            ["RABBITMQ_ADVANCED_CONFIG_FILE"] = data.Nothing + ".config",
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = data.Plugins,
            ["RABBITMQ_NODENAME"] = node,
            ["RABBITMQ_USE_LONGNAME"] = "true",
            ["RABBITMQ_MNESIA_BASE"] = data.Data,
            ["RABBITMQ_LOG_BASE"] = data.Logs,
            ["RABBITMQ_DIST_PORT"] = _distributionPort.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = RabbitSettings.Arguments(node, _distributionPort),
        };
        return start with { Environment = environment, WorkingFolder = data.Path };
    }

    // The data belongs to the node's name: it must be the same at every start, and another for every lab.
    private string NodeName()
    {
        ulong hash = 14695981039346656037;
        foreach (char character in folder.Path) hash = unchecked((hash ^ character) * 1099511628211);
        return string.Create(CultureInfo.InvariantCulture, $"faultline-{name}-{hash:x16}@127.0.0.1");
    }
}
