namespace Faultline.Bench.Throughput.Roles;

/// <summary>The benchmark cannot go on; the message says why in one sentence.</summary>
internal sealed class BenchException(string message) : Exception(message);
