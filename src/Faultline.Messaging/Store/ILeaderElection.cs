namespace Faultline.Messaging.Store;

/// <summary>Elects one instance per database: the one whose relay and scheduler run. A border; thread-safe.</summary>
public interface ILeaderElection
{
    /// <summary>Tries to become the leader.</summary>
    /// <param name="instance">Who.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The term, or null when another instance leads and is alive.</returns>
    Task<ILeaderTerm?> TryLeadAsync(string instance, CancellationToken stop);
}

/// <summary>The time during which this instance leads. Disposing resigns.</summary>
public interface ILeaderTerm : IAsyncDisposable
{
    /// <summary>Cancelled when the term is over: the session is gone, or another instance ended it because it was silent.</summary>
    CancellationToken Over { get; }

    /// <summary>Completes when another process has said that there is work (a commit in a replica), or after the safety interval of 1 s.</summary>
    /// <param name="stop">Ends the wait.</param>
    Task WaitForWorkAsync(CancellationToken stop);
}
