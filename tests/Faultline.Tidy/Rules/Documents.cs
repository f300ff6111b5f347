using System.Text.RegularExpressions;
using Faultline.Tidy.Sources;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Faultline.Tidy.Rules;

/// <summary>What documents say about the repository is true: links lead somewhere, paths and lines exist, C# parses.</summary>
internal static partial class Documents
{
    /// <summary>Links and paths that lead nowhere.</summary>
    /// <param name="documents">Markdown files.</param>
    /// <param name="lines">The number of lines of a path; 0 for a folder, null when there is no such path.</param>
    public static IEnumerable<string> DeadPaths(IEnumerable<SourceFile> documents, Func<string, int?> lines) =>
        from document in documents
        from line in document.Lines.Index()
        from path in Links(document, line.Item).Concat(Paths(line.Item))
        let known = lines(path.Path)
        where known is null || path.Line > known
        select $"{document.At(line.Index)}: {path.Path}{(known is null ? " does not exist" : $" has no line {path.Line}")}";

    public static IEnumerable<string> BrokenFences(IEnumerable<SourceFile> documents) =>
        from document in documents
        from fence in Fence().Matches(document.Text)
        let code = fence.Groups["code"].Value
        let error = FirstError(code)
        where error is not null
        select $"{document.At(document.Text[..fence.Index].Count(c => c == '\n'))}: the C# below does not parse: {error.GetMessage()}";

    public static IEnumerable<string> MissingUnreleased(SourceFile changelog)
    {
        if (!changelog.Lines.Contains("## Unreleased")) yield return $"{changelog.Path} has no section '## Unreleased'";
    }

    private static Diagnostic? FirstError(string code)
    {
        // A fence may show members or statements alone, or a whole file with its namespace: whichever reads better.
        Diagnostic? asScript = Errors(code, SourceCodeKind.Script).FirstOrDefault();
        return asScript is null || !Errors(code, SourceCodeKind.Regular).Any() ? null : asScript;
    }

    private static IEnumerable<Diagnostic> Errors(string code, SourceCodeKind kind) =>
        CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Preview, kind: kind)).GetDiagnostics().Where(item => item.Severity == DiagnosticSeverity.Error);

    private static IEnumerable<(string Path, int Line)> Links(SourceFile document, string line)
    {
        string folder = Path.GetDirectoryName(document.Path) ?? "";
        return
            from match in Link().Matches(line)
            let target = match.Groups["target"].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains(':')
            select (Path.GetRelativePath("/", Path.GetFullPath(target, "/" + folder)), 0);
    }

    private static IEnumerable<(string Path, int Line)> Paths(string line) =>
        from match in RootedPath().Matches(line)
        select (match.Groups["path"].Value.TrimEnd('/'), match.Groups["line"].Success ? int.Parse(match.Groups["line"].Value) : 0);

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)(\s+""[^""]*"")?\)|(src|href)=""(?<target>[^""]+)""|srcset=""(?<target>[^""\s]+)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"`(\./)?(?<path>(src|systems|tests|docs|eng|deploy|bench|web|\.ci|\.github)/[\w./-]*)(:(?<line>\d+))?`", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex RootedPath();

    [GeneratedRegex(@"^```csharp[^\n]*\n(?<code>(.*\n)*?)```", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();
}
