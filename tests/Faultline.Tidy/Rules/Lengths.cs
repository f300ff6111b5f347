using Faultline.Tidy.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Faultline.Tidy.Rules;

/// <summary>Seventy lines a function, 500 a file. What the ratchet records may be longer, but not longer than recorded.</summary>
internal static class Lengths
{
    public const int FunctionLinesMax = 70;
    public const int FileLinesMax = 500;

    public static IEnumerable<string> LongFunctions(IEnumerable<SourceFile> files, Ratchet ratchet) =>
        Over(files.SelectMany(Functions), FunctionLinesMax, ratchet.Functions, "functions");

    public static IEnumerable<string> LongFiles(IEnumerable<SourceFile> files, Ratchet ratchet) =>
        Over(files.Where(file => file.Extension is ".cs" or ".ts" or ".tsx" or ".css" or ".sql").Select(file => (file.Path, file.Lines.Length)), FileLinesMax, ratchet.Files, "files");

    private static IEnumerable<string> Over(IEnumerable<(string Id, int Lines)> measured, int max, IReadOnlyDictionary<string, int> recorded, string section)
    {
        Dictionary<string, int> longest = measured.GroupBy(item => item.Id, item => item.Lines).ToDictionary(group => group.Key, group => group.Max());
        foreach ((string id, int lines) in longest.Where(item => item.Value > Math.Max(max, recorded.GetValueOrDefault(item.Key))))
        {
            yield return $"{id} has {lines} lines; at most {Math.Max(max, recorded.GetValueOrDefault(id))}";
        }

        foreach ((string id, int allowed) in recorded)
        {
            int lines = longest.GetValueOrDefault(id);
            if (lines <= max) yield return $"eng/ratchet.json, {section}: '{id}' is no longer needed";
            else if (lines < allowed) yield return $"eng/ratchet.json, {section}: '{id}' shrank to {lines}; record that";
        }
    }

    private static IEnumerable<(string Id, int Lines)> Functions(SourceFile file) =>
        from node in file.Nodes<SyntaxNode>()
        let name = NameOf(node)
        where name is not null
        let span = node.GetLocation().GetLineSpan()
        select ($"{file.Path} {TypeOf(node)}.{name}", span.EndLinePosition.Line - span.StartLinePosition.Line + 1);

    private static string? NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax => "ctor",
        DestructorDeclarationSyntax => "finalizer",
        OperatorDeclarationSyntax function => "operator" + function.OperatorToken.Text,
        ConversionOperatorDeclarationSyntax => "conversion",
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        IndexerDeclarationSyntax => "this[]",
        PropertyDeclarationSyntax { Initializer: null } property => property.Identifier.Text,
        _ => null,
    };

    private static string TypeOf(SyntaxNode node) => node.Ancestors().OfType<BaseTypeDeclarationSyntax>().FirstOrDefault()?.Identifier.Text ?? "";
}
