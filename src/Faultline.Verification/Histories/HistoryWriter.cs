using System.Buffers;
using System.Text.Json;
using Faultline.Protocol;
using Faultline.Protocol.Histories;

namespace Faultline.Verification.Histories;

/// <summary>
/// Writes a history as it happens: one JSON line when an operation is invoked, one when it ends. Every line is handed to the operating system before the call
/// returns, so a crash of the lab loses none. Safe for all threads.
/// </summary>
/// <param name="stream">Where to; the writer owns it. A file stream without a buffer of its own is best.</param>
public sealed class HistoryWriter(Stream stream) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private long _index;

    /// <summary>Creates the file of a history, and its folder.</summary>
    /// <param name="path">The file; an old one of that name is overwritten.</param>
    public static HistoryWriter Create(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        return new HistoryWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <summary>The next free index: positions rise in the order in which they are asked for.</summary>
    public long NextIndex() => Interlocked.Increment(ref _index) - 1;

    /// <summary>Writes that an operation begins; call it before anything is sent.</summary>
    /// <param name="operation">The operation; its outcome is not looked at.</param>
    public void Invoked(OperationRecord operation) => Write(HistoryLine.Invoked(operation));

    /// <summary>Writes how an operation ended.</summary>
    /// <param name="operation">The same operation with its end.</param>
    /// <exception cref="ArgumentException">The operation is still open.</exception>
    public void Ended(OperationRecord operation)
    {
        if (operation.Outcome == Outcome.Open) throw new ArgumentException($"operation {operation.Index} is open; it must be Ok, Failed or Unknown", nameof(operation));

        Write(HistoryLine.Ended(operation));
    }

    private void Write(HistoryLine line)
    {
        lock (_gate)
        {
            _buffer.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_buffer)) JsonSerializer.Serialize(json, line, ProtocolJson.Options);
            _buffer.GetSpan(1)[0] = (byte)'\n';
            _buffer.Advance(1);
            stream.Write(_buffer.WrittenSpan);
            stream.Flush();
        }
    }

    /// <inheritdoc />
    public void Dispose() => stream.Dispose();
}
