namespace Faultline.TestSupport;

/// <summary>How long a test waits for what must happen. Limits on hanging, never pauses that let things happen.</summary>
public static class Limits
{
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    /// <summary>Awaits a task, and fails when it hangs.</summary>
    public static Task EndsAsync(this Task task) => task.WaitAsync(Hang, TimeProvider.System);

    /// <summary>Waits until a condition holds.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Hang) throw new TimeoutException($"did not happen within {Hang}: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }

    /// <summary>Waits for a condition that is asked for.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Hang) throw new TimeoutException($"did not happen within {Hang}: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
