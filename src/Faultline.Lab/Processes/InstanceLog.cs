using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

namespace Faultline.Lab.Processes;

/// <summary>What one instance writes: a file of bounded size, the last lines in memory, and live followers.</summary>
/// <remarks>A file that cannot be written (full disk) does not stop the instance: the lines in memory go on.</remarks>
public sealed class InstanceLog : IAsyncDisposable
{
    private const int TailLinesMax = 500;
    private const int FollowerLinesMax = 2_000;
    private const int QueueLinesMax = 5_000;

    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _tail = new(TailLinesMax);
    private readonly List<Channel<LogLine>> _followers = [];
    private readonly Channel<string> _toFile = Channel.CreateBounded<string>(new BoundedChannelOptions(QueueLinesMax) { SingleReader = true });
    private readonly TimeProvider _time;
    private readonly long _fileBytesMax;
    private readonly Task _writing;
    private long _lines;

    /// <summary>Opens the log; the file is continued when it exists.</summary>
    internal InstanceLog(string path, TimeProvider time, long fileBytesMax = 5_000_000)
    {
        FilePath = path;
        _time = time;
        _fileBytesMax = fileBytesMax;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _writing = WriteFileAsync();
    }

    /// <summary>The file; the part before it has the same name with <c>.1</c> added.</summary>
    public string FilePath { get; }

    /// <summary>Why the file could not be written last; null while all is well.</summary>
    public string? FileProblem { get; private set; }

    /// <summary>The last lines, oldest first; at most 500 are kept.</summary>
    public IReadOnlyList<LogLine> Tail(int lines = TailLinesMax)
    {
        lock (_gate) return [.. _tail.Skip(Math.Max(0, _tail.Count - lines))];
    }

    /// <summary>The last lines and then each new one as it comes. A follower that is too slow misses lines, which their numbers show.</summary>
    public async IAsyncEnumerable<LogLine> FollowAsync(int lines = 0, [EnumeratorCancellation] CancellationToken stop = default)
    {
        Channel<LogLine> follower = Channel.CreateBounded<LogLine>(
            new BoundedChannelOptions(FollowerLinesMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        LogLine[] before;
        lock (_gate)
        {
            before = [.. _tail.Skip(Math.Max(0, _tail.Count - lines))];
            _followers.Add(follower);
        }

        try
        {
            foreach (LogLine line in before) yield return line;
            await foreach (LogLine line in follower.Reader.ReadAllAsync(stop)) yield return line;
        }
        finally
        {
            lock (_gate) _followers.Remove(follower);
        }
    }

    /// <summary>Ends all followers and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _toFile.Writer.TryComplete();
        lock (_gate)
        {
            foreach (Channel<LogLine> follower in _followers) follower.Writer.TryComplete();
        }

        await _writing;
    }

    internal async ValueTask AppendAsync(string text)
    {
        lock (_gate)
        {
            LogLine line = new(++_lines, _time.GetUtcNow(), text);
            if (_tail.Count == TailLinesMax) _tail.Dequeue();
            _tail.Enqueue(line);
            foreach (Channel<LogLine> follower in _followers) follower.Writer.TryWrite(line);
        }

        if (!_toFile.Writer.TryWrite(text) && await _toFile.Writer.WaitToWriteAsync()) await _toFile.Writer.WriteAsync(text);
    }

    private async Task WriteFileAsync()
    {
        FileStream? file = null;
        StringBuilder batch = new();
        while (await _toFile.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Length < 100_000 && _toFile.Reader.TryRead(out string? line)) batch.Append(line).Append('\n');

            try
            {
                file ??= Open();
                if (file.Position > 0 && file.Position + batch.Length > _fileBytesMax) file = await RotateAsync(file);
                await file.WriteAsync(Encoding.UTF8.GetBytes(batch.ToString()));
                await file.FlushAsync();
                FileProblem = null;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                FileProblem = error.Message;
            }
        }

        if (file is not null) await file.DisposeAsync();
    }

    private FileStream Open() => new(FilePath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous);

    private async Task<FileStream> RotateAsync(FileStream full)
    {
        await full.DisposeAsync();
        File.Move(FilePath, FilePath + ".1", overwrite: true);
        return Open();
    }
}
