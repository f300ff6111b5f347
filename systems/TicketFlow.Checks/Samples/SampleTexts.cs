namespace TicketFlow.Checks.Samples;

/// <summary>What the sample inquiries of one language are made of.</summary>
internal sealed record SampleTexts(string Language, IReadOnlyList<string> Names, IReadOnlyList<string> Titles, IReadOnlyList<string> Sentences)
{
    private const string ResourcePrefix = "samples/";

    /// <summary>All languages, by code.</summary>
    public static IReadOnlyList<SampleTexts> Load() =>
    [
        .. typeof(SampleTexts).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    private static SampleTexts Read(string resource)
    {
        using var reader = new StreamReader(typeof(SampleTexts).Assembly.GetManifestResourceStream(resource)!);
        ILookup<char, string> lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToLookup(line => line[0], line => line[2..]);
        return new SampleTexts(
            Path.GetFileNameWithoutExtension(resource), [.. lines['N'].SelectMany(line => line.Split('|'))], [.. lines['T'].SelectMany(line => line.Split('|'))], [.. lines['S']]);
    }
}
