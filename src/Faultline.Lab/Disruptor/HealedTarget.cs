namespace Faultline.Lab.Disruptor;

/// <summary>What the lab had taken down and has brought back.</summary>
/// <param name="Target">An instance or a cluster.</param>
/// <param name="Verb">What had been done to it: kill, stop or pause.</param>
/// <param name="At">When that was.</param>
/// <param name="ByEarlierLab">Whether it was done by a lab that ended without undoing it.</param>
public sealed record HealedTarget(string Target, string Verb, DateTimeOffset At, bool ByEarlierLab);
