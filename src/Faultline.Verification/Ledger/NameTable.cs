namespace Faultline.Verification.Ledger;

/// <summary>Each text once, known by a number: rows hold numbers.</summary>
internal sealed class NameTable
{
    public const int None = -1;

    private readonly Dictionary<string, int> _numbers = [];
    private readonly List<string> _names = [];

    public int Count => _names.Count;

    public string? this[int number] => number == None ? null : _names[number];

    public int Of(string? name)
    {
        if (name is null) return None;

        if (_numbers.TryGetValue(name, out int number)) return number;

        _numbers.Add(name, _names.Count);
        _names.Add(name);
        return _names.Count - 1;
    }

    public int Find(string? name) => name is not null && _numbers.TryGetValue(name, out int number) ? number : None;
}
