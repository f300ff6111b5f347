namespace Faultline.EndToEnd;

/// <summary>Limits on hanging; no test waits this long when all is well.</summary>
internal static class Limits
{
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan Build = TimeSpan.FromMinutes(8);

    public static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Hang) throw new TimeoutException($"It never came about that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A run of experiments on a lab of its own, on a machine that runs other tests too.</summary>
    public static readonly TimeSpan Run = TimeSpan.FromMinutes(5);
}
