using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Faultline.Tidy.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Faultline.Tidy.Rules;

/// <summary>Whoever switches a warning off says why, beside it.</summary>
internal static partial class Suppressions
{
    private const int ReasonLengthMin = 10;

    public static IEnumerable<string> InCode(IEnumerable<SourceFile> files) => files.SelectMany(file => Pragmas(file).Concat(Attributes(file)));

    public static IEnumerable<string> InProjects(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Extension is ".csproj" or ".props" or ".targets"
        from element in XDocument.Parse(file.Text, LoadOptions.SetLineInfo | LoadOptions.PreserveWhitespace).Descendants()
        where element.Name.LocalName is "NoWarn" or "WarningsNotAsErrors" or "DisabledWarnings"
        where element.NodesBeforeSelf().LastOrDefault(node => node is not XText) is not XComment { Value.Length: >= ReasonLengthMin }
        select $"{file.At(((IXmlLineInfo)element).LineNumber - 1)} has {element.Name.LocalName} without a comment above it that says why";

    /// <summary>In the analyzer settings each block of lines is headed by its reason.</summary>
    public static IEnumerable<string> InAnalyzerSettings(IEnumerable<SourceFile> files) =>
        from file in files
        where file.Extension == ".globalconfig"
        from line in file.Lines.Index()
        where line.Item.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal)
        let above = file.Lines.Take(line.Index).LastOrDefault(earlier => !earlier.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal)) ?? ""
        where !above.StartsWith('#') || above.Length < ReasonLengthMin
        select $"{file.At(line.Index)} has no reason above it";

    private static IEnumerable<string> Pragmas(SourceFile file) =>
        from trivia in file.Syntax.DescendantTrivia()
        where trivia.IsKind(SyntaxKind.PragmaWarningDirectiveTrivia)
        let pragma = (PragmaWarningDirectiveTriviaSyntax)trivia.GetStructure()!
        where pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword)
        where !Reason().IsMatch(pragma.ToFullString())
        select $"{file.At(pragma)} switches a warning off without '// reason' on its line";

    private static IEnumerable<string> Attributes(SourceFile file) =>
        from attribute in file.Nodes<AttributeSyntax>()
        where attribute.Name.ToString().Split('.')[^1] is "SuppressMessage" or "SuppressMessageAttribute" or "UnconditionalSuppressMessage"
        let reason = attribute.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.Text == "Justification")?.Expression.ToString() ?? ""
        where reason.Length < ReasonLengthMin
        select $"{file.At(attribute)} switches a warning off without a Justification";

    [GeneratedRegex(@"//.{10,}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Reason();
}
