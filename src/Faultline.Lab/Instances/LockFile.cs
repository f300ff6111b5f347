namespace Faultline.Lab.Instances;

/// <summary>A lock that is an open file: the kernel releases it when the process that holds it ends, however it ends.</summary>
/// <remarks>The file is never deleted: deleting it while another process opens it would let two processes hold the lock.</remarks>
internal sealed class LockFile : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;

    private LockFile(FileStream file) => _file = file;

    /// <summary>Takes the lock, or returns null when another process (or another lab in this one) holds it.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="purpose">A note for those who find it locked, such as "lab 4711".</param>
    public static LockFile? TryTake(string path, string purpose)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            file.SetLength(0);
            file.Write(System.Text.Encoding.UTF8.GetBytes(purpose));
            return new LockFile(file);
        }
        catch (IOException error) when (error is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    /// <summary>Takes the lock as soon as it is free; null when it stays taken up to the limit, or for a purpose that will not end soon.</summary>
    public static async Task<LockFile?> TakeAsync(
        string path, string purpose, TimeSpan limit, Func<string, bool> worthWaiting, TimeProvider time, CancellationToken stop)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            if (TryTake(path, purpose) is { } taken) return taken;

            if (time.GetElapsedTime(start) > limit || !worthWaiting(NoteOf(path))) return null;

            await Task.Delay(RetryDelay, time, stop);
        }
    }

    /// <summary>What the holder says that it does with it.</summary>
    public static string NoteOf(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return ""; // Not there yet, or being written: the caller asks again.
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
