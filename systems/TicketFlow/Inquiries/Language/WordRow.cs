namespace TicketFlow.Inquiries.Language;

/// <summary>The languages that have a word, and how common it is in each.</summary>
internal sealed class WordRow
{
    private readonly List<(int Language, float Share)> _entries = [];
    private ulong _functionIn;

    public IReadOnlyList<(int Language, float Share)> Entries => _entries;

    public void Add(int language, float share, bool isFunctionWord)
    {
        _entries.Add((language, share));
        if (isFunctionWord) _functionIn |= 1UL << language;
    }

    public bool IsIn(int language)
    {
        foreach ((int entry, _) in _entries)
        {
            if (entry == language) return true;
        }

        return false;
    }

    public bool IsFunctionWordIn(int language) => (_functionIn & (1UL << language)) != 0;
}
