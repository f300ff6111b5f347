using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Running;

/// <summary>Work that a loop has started and not yet seen the end of. An end that nobody expected stops the loop instead of vanishing. Thread-safe.</summary>
internal sealed class TaskSet(CancellationTokenSource loop, ILogger log)
{
    private readonly HashSet<Task> _running = [];
    private readonly Lock _gate = new();

    /// <summary>The first failure that nobody handled; null when there was none.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Starts work.</summary>
    /// <param name="work">What to do; it handles the failures that it expects.</param>
    public void Start(Func<Task> work)
    {
        Task task = WatchAsync(work);
        lock (_gate)
        {
            if (!task.IsCompleted) _running.Add(task);
        }

        // The set must not keep what has ended: the loop lives as long as the process.
        if (!task.IsCompleted) _ = task.ContinueWith(Remove, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits until all work has ended.</summary>
    public async Task DrainAsync()
    {
        while (true)
        {
            Task[] running;
            lock (_gate) running = [.. _running.Where(task => !task.IsCompleted)];
            if (running.Length == 0) return;
            await Task.WhenAll(running);
        }
    }

    private void Remove(Task task)
    {
        lock (_gate) _running.Remove(task);
    }

    private async Task WatchAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (loop.IsCancellationRequested)
        {
            // The loop is ending; the work was told to stop and did.
        }
        catch (Exception error)
        {
            MessagingLog.LoopFailed(log, error);
            lock (_gate) Failure ??= error;
            await loop.CancelAsync();
        }
    }
}
