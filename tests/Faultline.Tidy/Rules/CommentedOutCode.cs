using System.Text.RegularExpressions;
using Faultline.Tidy.Sources;
using Microsoft.CodeAnalysis.CSharp;

namespace Faultline.Tidy.Rules;

/// <summary>Code that was switched off by a comment. A comment is a sentence: it does not end with a semicolon and does not parse.</summary>
internal static partial class CommentedOutCode
{
    public static IEnumerable<string> Offenders(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Extension is ".cs" or ".ts" or ".tsx"
        from line in file.Lines.Index()
        let comment = Comment().Match(line.Item)
        where comment.Success && IsCode(comment.Groups["text"].Value)
        select $"{file.At(line.Index)} is code inside a comment: {line.Item.Trim()}";

    private static bool IsCode(string text)
    {
        if (text is "{" or "}" or "};" or "});") return true;
        if (text.EndsWith('{')) return Opening().IsMatch(text);
        if (!text.EndsWith(';')) return false;

        // A statement that parses and has a shape that prose lacks.
        return Shape().IsMatch(text) && !SyntaxFactory.ParseStatement(text).ContainsDiagnostics;
    }

    [GeneratedRegex(@"^\s*//\s*(?<text>[^/\s].*?)\s*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(if|for|foreach|while|using|lock|switch|public|private|internal|protected|static|class|function|const)\b.*[)\w>]\s*\{$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Opening();

    [GeneratedRegex(@"[=(]|^(return|break|continue|throw|await|using|yield)\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Shape();
}
