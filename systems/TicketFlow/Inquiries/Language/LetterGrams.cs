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

    // Four letters of a byte each fill the 32 bits. No letter has a byte from 250 to 254, so a top byte of 250 + length marks a shorter key.
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

        /// <summary>Minus the logarithm in steps, read off the bits of the number: right to less than one step, and many times faster over the whole table.</summary>
        private static byte CostOf(float likelihood)
        {
            float log2 = (BitConverter.SingleToInt32Bits(likelihood) * (1f / (1 << 23))) - 127 + 0.043f;
            return (byte)Math.Clamp(-log2 * 0.6931472f * StepsPerNat, 0, 255);
        }

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

        /// <summary>Likelihoods of one order, from its own counts and the likelihoods of the order below.</summary>
        private void Smooth(int order, float[] likelihoods)
        {
            uint mask = order == Order ? uint.MaxValue : (1u << (8 * order)) - 1;
            List<uint> keys = _keys[order];
            int[] contexts = new int[keys.Count];
            (float[] seen, float[] kinds) = SumContexts(keys, mask, contexts);
            float uniform = 1f / (_letters + 1);
            for (int i = 0; i < keys.Count; i++)
            {
                int row = _rows[keys[i]] * languages;
                int parent = order > 1 ? _rows[Key(keys[i] & mask, order - 1)] * languages : -1;
                Span<float> result = likelihoods.AsSpan(row, languages);
                ReadOnlySpan<float> counts = _counts.AsSpan(row, languages);
                ReadOnlySpan<float> contextSeen = seen.AsSpan(contexts[i], languages);
                ReadOnlySpan<float> contextKinds = kinds.AsSpan(contexts[i], languages);
                for (int language = 0; language < result.Length; language++)
                {
                    float below = parent < 0 ? uniform : likelihoods[parent + language];
                    float all = contextSeen[language] + contextKinds[language];
                    result[language] = all > 0 ? (counts[language] + (contextKinds[language] * below)) / all : below;
                }
            }
        }

        /// <summary>For what comes before the last letter: how often it was seen, and with how many different letters after it.</summary>
        private (float[] Seen, float[] Kinds) SumContexts(List<uint> keys, uint mask, int[] contexts)
        {
            var offsets = new Dictionary<uint, int>();
            for (int i = 0; i < keys.Count; i++)
            {
                ref int offset = ref CollectionsMarshal.GetValueRefOrAddDefault(offsets, (keys[i] & mask) >> 8, out bool exists);
                if (!exists) offset = (offsets.Count - 1) * languages;
                contexts[i] = offset;
            }

            float[] seen = new float[offsets.Count * languages];
            float[] kinds = new float[offsets.Count * languages];
            for (int i = 0; i < keys.Count; i++)
            {
                ReadOnlySpan<float> counts = _counts.AsSpan(_rows[keys[i]] * languages, languages);
                for (int language = 0; language < counts.Length; language++)
                {
                    if (counts[language] <= 0) continue;
                    seen[contexts[i] + language] += counts[language];
                    kinds[contexts[i] + language]++;
                }
            }

            return (seen, kinds);
        }
    }
}
