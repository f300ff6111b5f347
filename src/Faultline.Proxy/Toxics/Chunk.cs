using System.Buffers;
using System.Collections.Concurrent;

namespace Faultline.Proxy.Toxics;

/// <summary>Bytes on their way through toxics, in a pooled buffer that several pieces may share. Not thread-safe: it is used under the gate of its stream.</summary>
internal sealed class Chunk
{
    private const int IdleMax = 1024;
    private static readonly ConcurrentQueue<Chunk> Idle = new();

    private byte[] _bytes = [];
    private int _users;

    private Chunk()
    {
    }

    public byte[] Bytes => _bytes;

    /// <summary>A piece that holds a copy of the bytes.</summary>
    public static Piece Copy(ReadOnlySpan<byte> bytes)
    {
        if (!Idle.TryDequeue(out Chunk? chunk)) chunk = new Chunk();
        chunk._bytes = ArrayPool<byte>.Shared.Rent(bytes.Length);
        chunk._users = 1;
        bytes.CopyTo(chunk._bytes);
        return new Piece(PieceKind.Data, chunk, 0, bytes.Length);
    }

    public void Share() => _users++;

    public void Release()
    {
        if (--_users > 0) return;

        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        if (Idle.Count < IdleMax) Idle.Enqueue(this);
    }
}

/// <summary>What a piece is.</summary>
internal enum PieceKind
{
    /// <summary>Bytes.</summary>
    Data,

    /// <summary>The sender sends no more; the other direction goes on.</summary>
    End,

    /// <summary>A toxic closes the connection, behind the bytes that went before.</summary>
    Close,
}

/// <summary>A part of a chunk, or a mark in the order of the bytes. Each data piece is one use of its chunk: whoever takes it out of the pipeline releases it.</summary>
internal readonly record struct Piece(PieceKind Kind, Chunk? Chunk, int Start, int Length)
{
    public static readonly Piece End = new(PieceKind.End, null, 0, 0);

    public static readonly Piece Close = new(PieceKind.Close, null, 0, 0);

    public Memory<byte> Memory => Chunk is null ? default : Chunk.Bytes.AsMemory(Start, Length);

    /// <summary>Cuts the piece in two, which share its chunk.</summary>
    public (Piece First, Piece Second) Cut(int length)
    {
        Chunk?.Share();
        return (this with { Length = length }, this with { Start = Start + length, Length = Length - length });
    }

    public void Release() => Chunk?.Release();
}
