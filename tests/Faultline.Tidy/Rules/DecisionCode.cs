using Faultline.Tidy.Sources;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Faultline.Tidy.Rules;

/// <summary>Code that decides uses no socket, file, database, clock or chance (direction 7); so a table of cases tests all of it.</summary>
internal static class DecisionCode
{
    private static readonly string[] Folders = ["src/Faultline.Triggers", "src/Faultline.Verification/Checkers", "src/Faultline.Verification/Schedules", "src/Faultline.Verification/Verdicts"];
    private static readonly string[] Namespaces = ["System.IO", "System.Net", "System.Data", "Npgsql", "Microsoft.EntityFrameworkCore"];

    private static readonly HashSet<string> Types =
    [
        "File", "FileInfo", "FileStream", "Directory", "DirectoryInfo", "StreamReader", "StreamWriter", "HttpClient", "Socket", "TcpClient", "TcpListener",
        "Stopwatch", "TimeProvider", "Random", "RandomNumberGenerator", "Process", "Thread", "Environment",
    ];

    public static bool Decides(SourceFile file) =>
        Folders.Any(file.IsUnder) || (file.IsUnder("src") && file.Name.EndsWith("Policy.cs", StringComparison.Ordinal));

    public static IEnumerable<string> Offenders(IEnumerable<SourceFile> files) =>
        files.Where(Decides).SelectMany(file => ForbiddenNamespaces(file).Concat(ForbiddenTypes(file)));

    private static IEnumerable<string> ForbiddenNamespaces(SourceFile file) =>
        from used in UsedNames.Of(file)
        where Namespaces.Any(space => UsedNames.Within(used.Name, space))
        select $"{file.At(used.Node)} uses {used.Name}; code that decides touches no file, network or database";

    // The name of a type: created, declared, or in front of a dot, unless the class has a member of that name.
    private static IEnumerable<string> ForbiddenTypes(SourceFile file) =>
        from name in file.Nodes<IdentifierNameSyntax>()
        where Types.Contains(name.Identifier.Text) && IsType(name) && !IsOwnMember(name)
        select $"{file.At(name)} uses {name.Identifier.Text}; code that decides takes what it needs as a value";

    private static bool IsType(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name,
        ObjectCreationExpressionSyntax or ParameterSyntax or VariableDeclarationSyntax or NullableTypeSyntax or TypeArgumentListSyntax or PropertyDeclarationSyntax => true,
        MethodDeclarationSyntax method => method.ReturnType == name,
        _ => false,
    };

    private static bool IsOwnMember(IdentifierNameSyntax name)
    {
        string text = name.Identifier.Text;
        TypeDeclarationSyntax? type = name.Ancestors().OfType<TypeDeclarationSyntax>().FirstOrDefault();
        return name.Parent is MemberAccessExpressionSyntax && type is not null
            && (type.Members.OfType<PropertyDeclarationSyntax>().Any(member => member.Identifier.Text == text)
                || type.ParameterList?.Parameters.Any(parameter => parameter.Identifier.Text == text) == true);
    }
}
