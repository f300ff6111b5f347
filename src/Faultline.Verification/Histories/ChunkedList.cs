namespace Faultline.Verification.Histories;

/// <summary>
/// A list that grows by whole chunks. A list that doubles would hold its rows twice while it grows, which at millions of rows is the difference between
/// a bounded account and a large one.
/// </summary>
/// <typeparam name="T">A row, usually a struct.</typeparam>
internal sealed class ChunkedList<T>
{
    private const int ChunkBits = 14;
    private const int ChunkRows = 1 << ChunkBits;
    private readonly List<T[]> _chunks = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref _chunks[index >> ChunkBits][index & (ChunkRows - 1)];

    public int Add(in T row)
    {
        if (Count == _chunks.Count << ChunkBits) _chunks.Add(new T[ChunkRows]);

        _chunks[Count >> ChunkBits][Count & (ChunkRows - 1)] = row;
        return Count++;
    }
}
