using System.Text.RegularExpressions;
using Faultline.Tidy.Sources;

namespace Faultline.Tidy.Rules;

/// <summary>Words that mark unfinished work, and names that say nothing about what is inside.</summary>
internal static partial class Words
{
    // Put together here, so that this file passes its own rule.
    private static readonly string[] Unfinished = ["FIX" + "ME", "TO" + "DO", "HA" + "CK", "XX" + "X", "db" + "g", "W" + "IP"];

    private static readonly Regex UnfinishedPattern = new($@"\b({string.Join('|', Unfinished)})\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    public static IEnumerable<string> Banned(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Extension != ".svg"
        from line in file.Lines.Index()
        let match = UnfinishedPattern.Match(line.Item)
        where match.Success
        select $"{file.At(line.Index)} says '{match.Value}'; finish it or write down in the docs what is open";

    public static IEnumerable<string> EmptyNames(IEnumerable<SourceFile> files) =>
        from file in files
        where file.IsCSharp
        from part in Path.ChangeExtension(file.Path, null).Split('/')
        where EmptyName().IsMatch(part)
        select $"{file.Path}: '{part}' names no feature";

    [GeneratedRegex("^(Helpers?|Managers?|Interfaces|Common|Shared|Utils?|Utilities|Misc)$|(Helper|Helpers|Utils|Manager)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex EmptyName();
}
