using Faultline.Tidy.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Faultline.Tidy.Rules;

/// <summary>Sealed unless somebody derives; an interface only at a border that people agreed on.</summary>
internal static class TypeShape
{
    public static IEnumerable<string> Unsealed(IEnumerable<SourceFile> files)
    {
        SourceFile[] all = [.. files];
        HashSet<string> bases = [.. all.SelectMany(file => file.Nodes<BaseTypeSyntax>()).Select(item => SimpleName(item.Type))];
        // A partial class is sealed when any part says so.
        var parts =
            from file in all
            from type in file.Nodes<TypeDeclarationSyntax>()
            where type is ClassDeclarationSyntax || (type is RecordDeclarationSyntax && !type.IsKind(SyntaxKind.RecordStructDeclaration))
            group (File: file, Type: type) by FullName(type);
        return
            from type in parts
            let first = type.First()
            where !type.Any(part => part.Type.Modifiers.Any(IsClosed) || HoldsBenchmarks(part.Type)) && !bases.Contains(first.Type.Identifier.Text)
            select $"{first.File.At(first.Type)}: {type.Key} is not sealed, and nothing derives from it";
    }

    public static IEnumerable<string> UnlistedInterfaces(IEnumerable<SourceFile> files, TidySettings settings)
    {
        Dictionary<string, string> declared = files
            .SelectMany(file => file.Nodes<InterfaceDeclarationSyntax>().Select(type => (Name: FullName(type), Place: file.At(type))))
            .GroupBy(item => item.Name, item => item.Place).ToDictionary(group => group.Key, group => group.First());
        return declared
            .Where(item => settings.Interfaces.GetValueOrDefault(item.Key, "").Length < 10)
            .Select(item => $"{item.Value}: interface {item.Key} is not in eng/tidy.json; name the border that it stands at, or make it a class")
            .Concat(settings.Interfaces.Keys.Where(name => !declared.ContainsKey(name)).Select(name => $"eng/tidy.json, interfaces: '{name}' is no longer needed"));
    }

    private static bool IsClosed(SyntaxToken modifier) =>
        modifier.IsKind(SyntaxKind.SealedKeyword) || modifier.IsKind(SyntaxKind.StaticKeyword) || modifier.IsKind(SyntaxKind.AbstractKeyword);

    // BenchmarkDotNet derives from the class at run time and refuses a sealed one.
    private static bool HoldsBenchmarks(TypeDeclarationSyntax type) =>
        type.Members.SelectMany(member => member.AttributeLists).SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() == "Benchmark");

    private static string SimpleName(TypeSyntax type) => type switch
    {
        GenericNameSyntax generic => generic.Identifier.Text,
        QualifiedNameSyntax qualified => SimpleName(qualified.Right),
        SimpleNameSyntax simple => simple.Identifier.Text,
        _ => type.ToString(),
    };

    private static string FullName(TypeDeclarationSyntax type)
    {
        IEnumerable<string> outer = type.AncestorsAndSelf().OfType<BaseTypeDeclarationSyntax>().Reverse().Select(item => item.Identifier.Text);
        string? space = type.Ancestors().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();
        return string.Join('.', space is null ? outer : outer.Prepend(space));
    }
}
