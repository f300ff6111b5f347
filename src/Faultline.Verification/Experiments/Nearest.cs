namespace Faultline.Verification.Experiments;

/// <summary>Finds the name that somebody probably meant.</summary>
internal static class Nearest
{
    /// <summary>What is allowed, with a suggestion when one name is close: for the end of a problem's text.</summary>
    public static string OneOf(string value, IEnumerable<string> allowed)
    {
        string[] names = [.. allowed];
        string list = names.Length == 0 ? "there is none" : $"it must be one of: {string.Join(", ", names)}";
        return To(value, names) is { } near ? $"{list}; did you mean '{near}'?" : list;
    }

    public static string? To(string value, IReadOnlyList<string> allowed)
    {
        (string Name, int Distance)? best = null;
        foreach (string name in allowed)
        {
            int distance = name.EndsWith("/" + value, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + value, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(value.ToUpperInvariant(), name.ToUpperInvariant());
            if (best is null || distance < best.Value.Distance) best = (name, distance);
        }

        return best is { } found && found.Distance <= Math.Max(1, Math.Min(value.Length, found.Name.Length) / 3) ? found.Name : null;
    }

    /// <summary>Levenshtein's distance, with a swap of neighbours as one step.</summary>
    private static int Distance(string one, string other)
    {
        if (one.Length > 100 || other.Length > 100) return int.MaxValue;

        int[,] steps = new int[one.Length + 1, other.Length + 1];
        for (int i = 0; i <= one.Length; i++) steps[i, 0] = i;
        for (int j = 0; j <= other.Length; j++) steps[0, j] = j;
        for (int i = 1; i <= one.Length; i++)
        {
            for (int j = 1; j <= other.Length; j++)
            {
                int change = steps[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                steps[i, j] = Math.Min(Math.Min(steps[i - 1, j] + 1, steps[i, j - 1] + 1), change);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1]) steps[i, j] = Math.Min(steps[i, j], steps[i - 2, j - 2] + 1);
            }
        }

        return steps[one.Length, other.Length];
    }
}
