namespace Faultline.Conformance;

/// <summary>Waits for conditions, with a limit; never for time.</summary>
public static class Wait
{
    /// <summary>No test waits longer for one condition.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    public static Task For(string what, Func<bool> condition) => For(what, () => Task.FromResult(condition()));

    public static async Task For(string what, Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        TimeSpan most = limit ?? Limit;
        long begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(begun) > most) throw new TimeoutException($"after {most.TotalSeconds} s still not true: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
