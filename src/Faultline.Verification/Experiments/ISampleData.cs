namespace Faultline.Verification.Experiments;

/// <summary>What sample data is made with: over HTTP, as people would, round the fault proxy.</summary>
/// <param name="Http">Sends requests.</param>
/// <param name="AddressOf">Where a service can be reached.</param>
/// <param name="Time">The clock.</param>
public sealed record SampleCall(HttpClient Http, Func<string, Uri> AddressOf, TimeProvider Time);

/// <summary>What became of sample data.</summary>
/// <param name="Count">How many samples were made or removed; 0 when there was nothing to do.</param>
/// <param name="Problem">Why not all of it was done, in a sentence; null when it was.</param>
public sealed record SampleOutcome(int Count, string? Problem = null);

/// <summary>Sample data of a system, so that it looks alive to somebody who opens it first. A border: systems bring theirs.</summary>
public interface ISampleData
{
    /// <summary>What it is, in a few words.</summary>
    string Says { get; }

    /// <summary>Makes it, once: what is there already, or was removed, is not made again. It never throws for a failure of the system.</summary>
    /// <param name="call">With what.</param>
    /// <param name="stop">Gives up; a later call goes on.</param>
    Task<SampleOutcome> LoadAsync(SampleCall call, CancellationToken stop);

    /// <summary>Removes it and leaves everything else. It never throws for a failure of the system.</summary>
    /// <param name="call">With what.</param>
    /// <param name="stop">Gives up; a later call goes on.</param>
    Task<SampleOutcome> RemoveAsync(SampleCall call, CancellationToken stop);
}
