namespace Faultline.Lab.Tests.Support;

/// <summary>Limits on hanging; no test waits this long when all is well.</summary>
internal static class Limits
{
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    public static async Task UntilAsync(Func<bool> holds, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Hang) throw new TimeoutException($"It never came about that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
