using Microsoft.Extensions.Logging;

namespace Faultline.Messaging.Loops;

/// <summary>Work that a loop has started and not yet seen the end of. An end that nobody expected stops the loop instead of vanishing. Thread-safe.</summary>
internal sealed class TaskSet(CancellationTokenSource loop, ILogger log)
{
    private readonly Lock _gate = new();
    private int _running;
    private TaskCompletionSource? _still;

    /// <summary>The first failure that nobody handled; null when there was none.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Starts work.</summary>
    /// <param name="work">What to do; it handles the failures that it expects.</param>
    public void Start(Func<Task> work)
    {
        // Counted, not kept: the loop lives as long as the process, and what has ended must be free.
        lock (_gate) _running++;
        _ = WatchAsync(work);
    }

    /// <summary>Waits until all work has ended, that which it starts meanwhile included.</summary>
    public async Task DrainAsync()
    {
        while (true)
        {
            Task still;
            lock (_gate)
            {
                if (_running == 0) return;
                _still ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                still = _still.Task;
            }

            await still;
        }
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
            loop.Cancel();
        }
        finally
        {
            End();
        }
    }

    private void End()
    {
        TaskCompletionSource? still = null;
        lock (_gate)
        {
            if (--_running == 0) (still, _still) = (_still, null);
        }

        still?.TrySetResult();
    }
}
