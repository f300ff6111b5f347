using Faultline.Lab.Processes;

namespace Faultline.Lab.Supervisor;

/// <summary>One look at a supervised process.</summary>
/// <param name="Target">Which one, such as <c>ticketflow/tickets-1</c> or <c>postgres/queue</c>.</param>
/// <param name="State">What it does.</param>
/// <param name="Since">Since when.</param>
/// <param name="Pid">The process, if one runs.</param>
/// <param name="Port">Where it listens on 127.0.0.1; 0 when it has none yet.</param>
/// <param name="Restarts">How often it was started again after an end that nobody had asked for.</param>
/// <param name="LastExit">How it ended last.</param>
/// <param name="Problem">Why it is not healthy, in words.</param>
/// <param name="Usage">Memory and processor time of it and its children, when it runs.</param>
public sealed record ProcessStatus(
    string Target,
    ProcessState State,
    DateTimeOffset Since,
    int? Pid,
    int Port,
    int Restarts,
    ProcessExit? LastExit,
    string? Problem,
    ProcessUsage? Usage);
