using Faultline.Tidy.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Faultline.Tidy.Rules;

/// <summary>The dotted names in a file: its usings, and names written out in full where they are used.</summary>
internal static class UsedNames
{
    public static IEnumerable<(string Name, SyntaxNode Node)> Of(SourceFile file) =>
        file.Nodes<UsingDirectiveSyntax>().Where(item => item.NamespaceOrType is not null).Select(item => (Plain(item.NamespaceOrType), (SyntaxNode)item))
            .Concat(file.Nodes<QualifiedNameSyntax>().Where(Outermost).Select(name => (Plain(name), (SyntaxNode)name)))
            .Concat(file.Nodes<MemberAccessExpressionSyntax>().Where(access => access.Parent is not MemberAccessExpressionSyntax && IsDotted(access)).Select(access => (Plain(access), (SyntaxNode)access)));

    public static string NamespaceOf(SourceFile file) => file.Nodes<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";

    public static bool Within(string name, string folder) => name == folder || name.StartsWith(folder + ".", StringComparison.Ordinal);

    private static bool Outermost(QualifiedNameSyntax name) => name.Parent is not (QualifiedNameSyntax or UsingDirectiveSyntax or BaseNamespaceDeclarationSyntax);

    private static bool IsDotted(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax => true,
        MemberAccessExpressionSyntax access => IsDotted(access.Expression),
        _ => false,
    };

    private static string Plain(SyntaxNode node) => node.ToString().Replace("global::", "", StringComparison.Ordinal);
}
