using Faultline.Lab.Problems;

namespace Faultline.Lab.Instances;

/// <summary>A lock that is an open file: the kernel releases it when the process that holds it ends, however it ends.</summary>
/// <remarks>The file is never deleted: deleting it while another process opens it would let two processes hold the lock.</remarks>
internal sealed class LockFile : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private const int VainTriesMax = 5;

    private readonly FileStream _file;

    private LockFile(FileStream file) => _file = file;

    /// <summary>Takes the lock, or returns null when another process (or another lab in this one) holds it.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="purpose">A note for those who find it locked, such as "lab 4711".</param>
    public static LockFile? TryTake(string path, string purpose)
    {
        FileStream file;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (error is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
        catch (UnauthorizedAccessException error)
        {
            throw new LabException($"{Path.GetDirectoryName(path)} belongs to another user; run the lab as that user, or delete the folder .faultline.", error);
        }

        try
        {
            File.WriteAllText(NotePath(path), purpose); // Beside it, because a locked file cannot be read.
            return new LockFile(file);
        }
        catch
        {
            file.Dispose(); // A lock that nobody knows of would be held as long as this process lives.
            throw;
        }
    }

    /// <summary>Takes the lock as soon as it is free; null when it stays taken up to the limit, or for a purpose that will not end soon.</summary>
    public static async Task<LockFile?> TakeAsync(
        string path, string purpose, TimeSpan limit, Func<string, bool> worthWaiting, TimeProvider time, CancellationToken stop)
    {
        long start = time.GetTimestamp();
        int vainTries = 0;
        while (true)
        {
            if (TryTake(path, purpose) is { } taken) return taken;

            // The note is written after the lock is taken: a single look may find the note of the holder before.
            vainTries = worthWaiting(NoteOf(path)) ? 0 : vainTries + 1;
            if (time.GetElapsedTime(start) > limit || vainTries >= VainTriesMax) return null;

            await Task.Delay(RetryDelay, time, stop);
        }
    }

    /// <summary>What the holder says that it does with it.</summary>
    public static string NoteOf(string path) => File.Exists(NotePath(path)) ? File.ReadAllText(NotePath(path)) : "";

    private static string NotePath(string path) => path + ".holder";

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
