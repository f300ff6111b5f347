using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Faultline.Protocol.Histories;

namespace Faultline.Verification.Histories;

/// <summary>One operation of the history, as the checkers read it.</summary>
public readonly record struct Operation
{
    /// <summary>Position in the history.</summary>
    public required long Index { get; init; }

    /// <summary>Which of the client's concurrent processes did it.</summary>
    public required int Process { get; init; }

    /// <summary>The name of the operation in its workload.</summary>
    public required string Name { get; init; }

    /// <summary>The id that travels with everything the operation causes.</summary>
    public required string OperationId { get; init; }

    /// <summary>What it is about.</summary>
    public string? Subject { get; init; }

    /// <summary>The phase in which it was invoked.</summary>
    public string? Phase { get; init; }

    /// <summary>When invoked, UTC.</summary>
    public required DateTime InvokedAt { get; init; }

    /// <summary>How long it took; null while open.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>How it ended.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>How many times the client sent it.</summary>
    public required int Attempts { get; init; }

    /// <summary>A digest of the whole reply; 0 when there was none.</summary>
    public required ulong ReplyDigest { get; init; }

    /// <summary>The reply, shortened; kept for the first operations only (see <see cref="History.ReplyTextsMax"/>).</summary>
    public string? Reply { get; init; }

    /// <summary>The trace that all its attempts share.</summary>
    public string? Trace { get; init; }

    /// <summary>Why it failed or is unknown, shortened.</summary>
    public string? Error { get; init; }
}

/// <summary>A whole history in memory, compact: about 200 bytes an operation, arguments left in the file.</summary>
public sealed class History
{
    /// <summary>Of how many operations the text of the reply is kept; of all others only its digest, the file has the rest.</summary>
    public const int ReplyTextsMax = 100_000;

    private const int TextLengthMax = 160;
    private readonly ChunkedList<Operation> _operations = new();
    private readonly Dictionary<string, string> _names = [];

    /// <summary>How many operations there are.</summary>
    public int Count => _operations.Count;

    /// <summary>The operation at a place.</summary>
    /// <param name="place">From 0; the place in this history, not the index in the file.</param>
    public Operation this[int place] => _operations[place];

    /// <summary>All operations.</summary>
    public IEnumerable<Operation> Operations
    {
        get
        {
            for (int place = 0; place < Count; place++) yield return _operations[place];
        }
    }

    /// <summary>Takes up the operations of a reader or of a running workload.</summary>
    /// <param name="operations">Each once, with its end where it has one.</param>
    public static History Of(IEnumerable<OperationRecord> operations)
    {
        var history = new History();
        foreach (OperationRecord operation in operations) history.Add(operation);
        return history;
    }

    /// <summary>Takes up one operation. Not safe for several threads.</summary>
    /// <param name="operation">With its end where it has one.</param>
    public void Add(OperationRecord operation)
    {
        string? reply = operation.Reply is { ValueKind: not JsonValueKind.Undefined } json ? json.GetRawText() : null;
        _operations.Add(new Operation
        {
            Index = operation.Index,
            Process = operation.Process,
            Name = Shared(operation.Name),
            OperationId = operation.OperationId,
            Subject = operation.Subject,
            Phase = operation.Phase is null ? null : Shared(operation.Phase),
            InvokedAt = operation.InvokedAt.UtcDateTime,
            Took = operation.EndedAt - operation.InvokedAt,
            Outcome = operation.Outcome,
            Attempts = operation.Attempts,
            ReplyDigest = reply is null ? 0 : Digest(reply),
            Reply = reply is null || Count >= ReplyTextsMax ? null : Shortened(reply),
            Trace = operation.Trace,
            Error = operation.Error is null ? null : Shared(Shortened(operation.Error)),
        });
    }

    /// <summary>Takes up all operations of another history.</summary>
    /// <param name="other">Stays as it is.</param>
    public void AddAll(History other)
    {
        for (int place = 0; place < other.Count; place++) _operations.Add(other._operations[place]);
    }

    /// <summary>The part of the history whose operation ids begin with a prefix: one cell of a battery.</summary>
    /// <param name="operationIdPrefix">See <c>Cells.OperationIdPrefix</c>.</param>
    public History Only(string operationIdPrefix)
    {
        var part = new History();
        foreach (Operation operation in Operations)
        {
            if (operation.OperationId.StartsWith(operationIdPrefix, StringComparison.Ordinal)) part._operations.Add(operation);
        }

        return part;
    }

    private string Shared(string text)
    {
        if (_names.TryGetValue(text, out string? known)) return known;

        // Errors may carry ids and so be all different; a table of them would grow with the history.
        if (_names.Count < 10_000) _names.Add(text, text);
        return text;
    }

    private static string Shortened(string text) => text.Length <= TextLengthMax ? text : string.Concat(text.AsSpan(0, TextLengthMax), "…");

    private static ulong Digest(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest) | 1; // 0 stands for no reply.
    }
}
