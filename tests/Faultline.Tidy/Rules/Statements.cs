using Faultline.Tidy.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Faultline.Tidy.Rules;

/// <summary>Statements that hide a fault: pauses that let things happen, catches that say nothing, methods that nobody can await.</summary>
internal static class Statements
{
    public static IEnumerable<string> Sleeps(IEnumerable<SourceFile> files) =>
        from file in files
        from call in file.Nodes<MemberAccessExpressionSyntax>()
        where call.Name.Identifier.Text == "Sleep" && call.Expression.ToString().Split('.')[^1] == "Thread"
        select $"{file.At(call)} sleeps; wait for a condition, with a limit";

    public static IEnumerable<string> SilentCatches(IEnumerable<SourceFile> files) =>
        from file in files
        from clause in file.Nodes<CatchClauseSyntax>()
        where clause.Block.Statements.Count == 0 && !clause.Block.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia))
        select $"{file.At(clause)} catches and says nothing; record it, or say in a comment why nothing is lost";

    public static IEnumerable<string> AsyncVoids(IEnumerable<SourceFile> files) =>
        from file in files
        from method in file.Nodes<MethodDeclarationSyntax>()
        where method.Modifiers.Any(SyntaxKind.AsyncKeyword) && method.ReturnType is PredefinedTypeSyntax { Keyword.Text: "void" }
        select $"{file.At(method)}: {method.Identifier.Text} is async void; its failure would end the process";
}
