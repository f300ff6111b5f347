namespace Faultline.Lab.Supervisor;

/// <summary>What a supervised process does at the moment.</summary>
public enum ProcessState
{
    /// <summary>Not running, and not wanted.</summary>
    Stopped,

    /// <summary>Started, and not ready yet.</summary>
    Starting,

    /// <summary>Runs and answers.</summary>
    Healthy,

    /// <summary>Runs, and does not answer as it should.</summary>
    Unhealthy,

    /// <summary>Stands still (SIGSTOP) because the lab paused it.</summary>
    Paused,

    /// <summary>Was asked to stop and has not ended yet.</summary>
    Stopping,

    /// <summary>Ended although it was wanted; it will be started again after a pause.</summary>
    Crashed,
}
