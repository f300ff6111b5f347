using System.Xml.Linq;

namespace Faultline.Tidy.Sources;

/// <summary>What a project file says: its own name, which projects it references, who sees its internals.</summary>
internal sealed class ProjectFile(SourceFile file)
{
    private readonly XDocument _document = XDocument.Parse(file.Text);

    public string Path => file.Path;

    public string Folder => file.Path[..file.Path.LastIndexOf('/')];

    public string Name => System.IO.Path.GetFileNameWithoutExtension(file.Path);

    public IEnumerable<string> References => Includes("ProjectReference").Select(path => System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    public IEnumerable<string> Friends => Includes("InternalsVisibleTo");

    public static IEnumerable<ProjectFile> All() => Repository.Projects.Select(file => new ProjectFile(file));

    private IEnumerable<string> Includes(string element) => _document.Descendants(element).Attributes("Include").Select(include => include.Value);
}
