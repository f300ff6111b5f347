using System.Text.Json;
using Faultline.Protocol;
using Faultline.Protocol.Histories;

namespace Faultline.Verification.Histories;

/// <summary>A history file that cannot be one: a line in the middle is broken.</summary>
/// <param name="message">Which line, and what is wrong.</param>
public sealed class HistoryFormatException(string message) : Exception(message);

/// <summary>Reads a history. Holds only the operations that are open, so the length of the file does not matter.</summary>
public sealed class HistoryReader
{
    /// <summary>Whether the last line was cut, as a crash of the lab leaves it. Known after reading.</summary>
    public bool WasCut { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    public History ReadFile(string path)
    {
        using FileStream file = File.OpenRead(path);
        return History.Of(Read(file));
    }

    /// <summary>Reads operations in the order in which they ended; those without an end come last, as open.</summary>
    /// <param name="stream">JSON lines.</param>
    /// <exception cref="HistoryFormatException">A line other than the last is broken.</exception>
    public IEnumerable<OperationRecord> Read(Stream stream)
    {
        var open = new SortedDictionary<long, OperationRecord>();
        using var reader = new StreamReader(stream, leaveOpen: true);
        long number = 0;
        for (string? text = reader.ReadLine(); text is not null;)
        {
            string? next = reader.ReadLine();
            number++;
            OperationRecord? ended = null;
            if (text.Length > 0)
            {
                HistoryLine? line = Parse(text, number, isLast: next is null);
                if (line is not null) ended = Apply(line, number, open);
            }

            if (ended is not null) yield return ended;

            text = next;
        }

        foreach (OperationRecord operation in open.Values) yield return operation;
    }

    private HistoryLine? Parse(string text, long number, bool isLast)
    {
        try
        {
            return JsonSerializer.Deserialize<HistoryLine>(text, ProtocolJson.Options) ?? throw new HistoryFormatException($"line {number} of the history is 'null'");
        }
        catch (JsonException) when (isLast)
        {
            WasCut = true; // The lab died while it wrote; everything before this line is whole.
            return null;
        }
        catch (JsonException error)
        {
            throw new HistoryFormatException($"line {number} of the history is broken: {error.Message}");
        }
    }

    private static OperationRecord? Apply(HistoryLine line, long number, SortedDictionary<long, OperationRecord> open)
    {
        switch (line.Event)
        {
            case HistoryLine.InvokedEvent:
                OperationRecord begun = line.ToOpen() ?? throw new HistoryFormatException($"line {number} of the history invokes operation {line.Index} without a name or an operation id");
                if (!open.TryAdd(line.Index, begun)) throw new HistoryFormatException($"line {number} of the history invokes operation {line.Index}, which is already open");
                return null;
            case HistoryLine.EndedEvent:
                return open.Remove(line.Index, out OperationRecord? operation)
                    ? line.End(operation)
                    : throw new HistoryFormatException($"line {number} of the history ends operation {line.Index}, which is not open");
            default:
                throw new HistoryFormatException($"line {number} of the history has event '{line.Event}'; it must be '{HistoryLine.InvokedEvent}' or '{HistoryLine.EndedEvent}'");
        }
    }
}
