namespace Faultline.Lab.Instances;

/// <summary>What the lab did to a target and has not undone yet.</summary>
/// <param name="Target">An instance such as <c>ticketflow/tickets-1</c>, or a cluster such as <c>postgres/queue</c>.</param>
/// <param name="Verb">kill, stop or pause.</param>
/// <param name="At">When.</param>
public sealed record DisruptionRecord(string Target, string Verb, DateTimeOffset At);
