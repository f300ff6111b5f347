using Faultline.Lab.Processes;

namespace Faultline.Lab.Supervisor;

/// <summary>What the supervisor must know of a kind of process: a service instance, or a PostgreSQL cluster.</summary>
internal interface IProcessKind
{
    /// <summary>The name in status, events and disruptions.</summary>
    string Target { get; }

    /// <summary>Where it listens; 0 before the first start.</summary>
    int Port { get; }

    InstanceLog Log { get; }

    /// <summary>How often to ask for its health while it starts, and afterwards.</summary>
    (TimeSpan WhileStarting, TimeSpan Later) ProbeIntervals { get; }

    /// <summary>What to send in order to stop it, and how long each may take. The last one is SIGKILL.</summary>
    IReadOnlyList<(Signal Signal, TimeSpan Limit)> StopLadder { get; }

    /// <summary>Clears what an earlier process left, and starts one.</summary>
    Task<ChildProcess> StartAsync(CancellationToken stop);

    /// <summary>Null when it is healthy, or else what is wrong.</summary>
    Task<string?> ProbeAsync(CancellationToken stop);

    /// <summary>All processes of it, the one that starts the others first.</summary>
    IReadOnlyList<int> Members(ChildProcess running);

    /// <summary>The longest wait before it is started again.</summary>
    TimeSpan RestartDelayMax => RestartPolicy.DelayMax;
}
