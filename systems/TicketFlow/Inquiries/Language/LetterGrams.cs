using System.Runtime.InteropServices;

namespace TicketFlow.Inquiries.Language;

/// <summary>How unlikely each letter is after up to three letters before it, in every language, in sixteenths of a nat, one byte each.</summary>
/// <remarks>
/// Witten-Bell smoothing: the longer the letters before are and the oftener they were seen, the more they count; what was never seen falls back to shorter ones.
/// Bytes instead of floats keep the whole table near two megabytes.
/// </remarks>
internal sealed class LetterGrams
{
    public const float StepsPerNat = 16;
    private const int Order = 4;
    private const int AlphabetChars = 0x2000;

    private readonly Dictionary<uint, int> _rows;
    private readonly byte[] _costs;
    private readonly byte[] _alphabet;
    private readonly int _languages;

    private LetterGrams(Dictionary<uint, int> rows, byte[] costs, byte[] alphabet, int languages)
    {
        _rows = rows;
        _costs = costs;
        _alphabet = alphabet;
        _languages = languages;
    }

    /// <summary>Number of rows in the table.</summary>
    public int Count => _rows.Count;

    /// <summary>Writes, for every language, minus the logarithm of the word's likelihood, in steps.</summary>
    public void CostsOf(string word, Span<int> costs)
    {
        costs.Clear();
        uint key = 0;
        for (int i = 0; i <= word.Length; i++)
        {
            key = (key << 8) | (i < word.Length ? Letter(word[i]) : 0u);
            int row = RowOf(key, Math.Min(i + 2, Order));
            if (row < 0)
            {
                AddToAll(costs, 8 * (int)StepsPerNat);
                continue;
            }

            ReadOnlySpan<byte> one = _costs.AsSpan(row * _languages, _languages);
            for (int language = 0; language < one.Length; language++) costs[language] += one[language];
        }
    }

    private static void AddToAll(Span<int> costs, int steps)
    {
        for (int language = 0; language < costs.Length; language++) costs[language] += steps;
    }

    private uint Letter(char letter) => letter < AlphabetChars && _alphabet[letter] != 0 ? _alphabet[letter] : 255u;

    private int RowOf(uint key, int letters)
    {
        for (int order = letters; order >= 1; order--)
        {
            if (_rows.TryGetValue(Key(key, order), out int row)) return row;
        }

        return -1;
    }

    // Four letters of a byte each fill the 32 bits; shorter keys are marked by a hash bit pattern that no four letters give: their top byte is 250 + length.
    private static uint Key(uint letters, int order) => order == Order ? letters : (letters & ((1u << (8 * order)) - 1)) | ((250u + (uint)order) << 24);

    internal sealed class Builder(int languages)
    {
        private readonly Dictionary<uint, int> _rows = new(40_000);
        private readonly byte[] _alphabet = new byte[AlphabetChars];
        private readonly List<uint>[] _keys = [[], [], [], [], []];
        private float[] _counts = new float[40_000 * languages];
        private int _letters;

        public void Add(int language, string word, float weight)
        {
            uint key = 0;
            for (int i = 0; i <= word.Length; i++)
            {
                key = (key << 8) | (i < word.Length ? Letter(word[i]) : 0u);
                for (int order = 1; order <= Math.Min(i + 2, Order); order++)
                {
                    int row = RowFor(key, order);
                    _counts[(row * languages) + language] += weight;
                }
            }
        }

        public LetterGrams Build()
        {
            float[] likelihoods = new float[_rows.Count * languages];
            for (int order = 1; order <= Order; order++) Smooth(order, likelihoods);
            byte[] costs = new byte[likelihoods.Length];
            for (int i = 0; i < costs.Length; i++) costs[i] = CostOf(likelihoods[i]);
            return new LetterGrams(_rows, costs, _alphabet, languages);
        }

        private static byte CostOf(float likelihood) => (byte)Math.Clamp(-MathF.Log(likelihood) * StepsPerNat, 0, 255);

        private uint Letter(char letter)
        {
            if (letter >= AlphabetChars) return 255;
            if (_alphabet[letter] == 0) _alphabet[letter] = (byte)Math.Min(++_letters, 249);
            return _alphabet[letter];
        }

        private int RowFor(uint key, int order)
        {
            uint shortKey = Key(key, order);
            ref int row = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, shortKey, out bool exists);
            if (exists) return row;
            row = _rows.Count - 1;
            _keys[order].Add(shortKey);
            if (_rows.Count * languages > _counts.Length) Array.Resize(ref _counts, _counts.Length * 2);
            return row;
        }

        private void Smooth(int order, float[] likelihoods)
        {
            var totals = new Dictionary<uint, float[]>();
            uint mask = order == Order ? uint.MaxValue : (1u << (8 * order)) - 1;
            foreach (uint key in _keys[order])
            {
                ref float[]? sums = ref CollectionsMarshal.GetValueRefOrAddDefault(totals, (key & mask) >> 8, out _);
                sums ??= new float[languages * 2];
                ReadOnlySpan<float> counts = _counts.AsSpan(_rows[key] * languages, languages);
                for (int language = 0; language < languages; language++)
                {
                    if (counts[language] <= 0) continue;
                    sums[language] += counts[language];
                    sums[languages + language]++;
                }
            }

            float uniform = 1f / Math.Max(1, _letters + 1);
            foreach (uint key in _keys[order])
            {
                int row = _rows[key] * languages;
                int parent = order > 1 ? _rows[Key(key & mask, order - 1)] * languages : -1;
                float[] sums = totals[(key & mask) >> 8];
                for (int language = 0; language < languages; language++)
                {
                    float below = parent < 0 ? uniform : likelihoods[parent + language];
                    float seen = sums[language];
                    float kinds = sums[languages + language];
                    likelihoods[row + language] = seen > 0 ? (_counts[row + language] + (kinds * below)) / (seen + kinds) : below;
                }
            }
        }
    }
}
