using System.Text.RegularExpressions;
using Faultline.Tidy.Sources;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Faultline.Tidy.Rules;

/// <summary>The name of a test is the rule that it holds, as a sentence: <c>A_paused_consumer_cannot_commit</c>.</summary>
internal static partial class TestNames
{
    public static IEnumerable<string> Offenders(IEnumerable<SourceFile> files) =>
        from file in files
        from method in file.Nodes<MethodDeclarationSyntax>()
        where method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory" or "Property")
        where !Sentence().IsMatch(method.Identifier.Text)
        select $"{file.At(method)}: '{method.Identifier.Text}' is no sentence; at least three words, with underscores";

    [GeneratedRegex("^[A-Z0-9][A-Za-z0-9]*(_[A-Za-z0-9]+){2,}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Sentence();
}
