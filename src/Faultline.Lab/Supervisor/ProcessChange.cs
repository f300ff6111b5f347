using Faultline.Lab.Processes;

namespace Faultline.Lab.Supervisor;

/// <summary>One change of state of a supervised process.</summary>
/// <param name="Target">Which one, such as <c>ticketflow/tickets-1</c> or <c>postgres/queue</c>.</param>
/// <param name="State">What it does from now on.</param>
/// <param name="Pid">The process, if there is one.</param>
/// <param name="Exit">How it ended, when it ended.</param>
/// <param name="Detail">Why, in words; after a crash with the last lines that it wrote.</param>
/// <param name="At">When.</param>
public sealed record ProcessChange(string Target, ProcessState State, int? Pid, ProcessExit? Exit, string? Detail, DateTimeOffset At);
