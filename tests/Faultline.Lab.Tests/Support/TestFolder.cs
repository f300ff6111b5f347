using System.Runtime.CompilerServices;

namespace Faultline.Lab.Tests.Support;

/// <summary>A folder of one test, below the repository's <c>.faultline</c>, gone when the test ends.</summary>
internal sealed class TestFolder : IDisposable
{
    private TestFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
    }

    public string Path { get; }

    /// <summary>Installed once for all tests, and for the person who uses the repository.</summary>
    public static string Tools => System.IO.Path.Combine(Repository(), ".faultline", "tools");

    public static string HostProgram => System.IO.Path.Combine(AppContext.BaseDirectory, "Faultline.Lab.TestHost");

    public static TestFolder Create(string suffix = "", [CallerMemberName] string test = "") =>
        new(System.IO.Path.Combine(Repository(), ".faultline", $"test-{Environment.ProcessId}-{test[..Math.Min(40, test.Length)]}{suffix}"));

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Faultline.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
