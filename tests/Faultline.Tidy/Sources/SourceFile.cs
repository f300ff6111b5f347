using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Faultline.Tidy.Sources;

/// <summary>A file of the repository, or one planted by a test.</summary>
/// <param name="Path">From the root, with forward slashes.</param>
/// <param name="Text">All of it.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private readonly Lazy<CompilationUnitSyntax> _syntax = new(() =>
        CSharpSyntaxTree.ParseText(Text, new CSharpParseOptions(LanguageVersion.Preview)).GetCompilationUnitRoot());

    public CompilationUnitSyntax Syntax => _syntax.Value;

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string Extension => System.IO.Path.GetExtension(Path);

    public bool IsCSharp => Extension == ".cs";

    public bool IsProject => Extension == ".csproj";

    public string[] Lines => Text.Split('\n');

    public IEnumerable<T> Nodes<T>() where T : SyntaxNode => Syntax.DescendantNodes().OfType<T>();

    /// <summary>Whether the file lies in a folder, given from the root.</summary>
    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>The place of a node, as an editor understands it.</summary>
    public string At(SyntaxNode node) => At(node.GetLocation().GetLineSpan().StartLinePosition.Line);

    /// <summary>The place of a line, counted from 0.</summary>
    public string At(int line) => $"{Path}:{line + 1}";
}
